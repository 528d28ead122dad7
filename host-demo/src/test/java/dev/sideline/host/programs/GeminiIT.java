package dev.sideline.host.programs;

/** Our tools in Gemini CLI. */
class GeminiIT extends ProgramContract {

  @Override
  AgentProgram require() {
    return GeminiCli.require();
  }
}
