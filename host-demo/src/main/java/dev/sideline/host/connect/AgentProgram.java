package dev.sideline.host.connect;

import java.util.List;

/**
 * A program whose agents can be given the tools: which files of its configuration are edited, and
 * what they have to hold.
 */
public sealed interface AgentProgram permits ClaudeCode, Codex, GeminiCli, QwenCode {

  /** All of them, in the order in which people are told of them. */
  static List<AgentProgram> all() {
    return List.of(new ClaudeCode(), new Codex(), new GeminiCli(), new QwenCode());
  }

  /** Under which name this program knows it, such as {@code claude}. */
  String name();

  /** What its makers call it, such as {@code Claude Code}. */
  String title();

  /** How it finds out whether an agent that is about to end has to stay for its tasks. */
  Hold hold();

  /** Whether the tool server can set an idle conversation of it to work. */
  default boolean canBeWoken() {
    return false;
  }

  /** What is written, in a sentence for a person. */
  String written();

  /** What a person has to do and to know once it is connected, a sentence each. */
  List<String> next(Scope scope);

  /**
   * The files, and what they have to hold.
   *
   * @param commands that it is given
   */
  List<ConfigFile> files(Scope scope, ServerCommands commands);

  /** How a program finds out whether an agent that is about to end has to stay. */
  enum Hold {
    /** It calls a tool of the server. */
    TOOL,
    /** It runs a command, which asks the server on a socket. */
    SOCKET;

    /** The value of the tool server's option. */
    public String option() {
      return this == TOOL ? "tool" : "socket";
    }
  }
}
