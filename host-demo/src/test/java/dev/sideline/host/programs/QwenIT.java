package dev.sideline.host.programs;

import org.junit.jupiter.api.Tag;

/** Our tools in Qwen Code, which is a third of a gigabyte with its Node.js. */
@Tag("nightly")
class QwenIT extends ProgramContract {

  @Override
  AgentProgram require() {
    return QwenCode.require();
  }
}
