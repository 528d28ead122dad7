package dev.sideline.host.programs;

/** Our tools in Claude Code. */
class ClaudeCodeIT extends ProgramContract {

  @Override
  AgentProgram require() {
    return ClaudeCode.require();
  }
}
