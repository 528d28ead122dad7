package dev.sideline.host.cli;

import dev.sideline.api.Tool;
import dev.sideline.host.file.FileProblem;
import dev.sideline.host.hold.HoldSocket;
import dev.sideline.host.hold.HoldTool;
import dev.sideline.host.hold.LastWord;
import dev.sideline.host.mcp.AnswerForm;
import dev.sideline.host.mcp.CallOrigin;
import dev.sideline.host.mcp.CallerIdentification;
import dev.sideline.host.mcp.CallerKey;
import dev.sideline.host.mcp.Conversation;
import dev.sideline.host.mcp.ConversationCallers;
import dev.sideline.host.mcp.McpToolServer;
import dev.sideline.host.mcp.SignedCallers;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Serves the tools to an MCP client on standard input and output. */
@Command(
    name = "mcp",
    description = {
      "Serve the tools to an MCP client on standard input and output, until it closes its end.",
      "Tasks belong to the conversation whose agent launches them. Codex, Claude Code and OpenCode"
          + " 2 tell their conversations apart; all calls of any other client belong to one, which"
          + " is right for those that start a server for each. With --caller-key, each call belongs"
          + " to the session that has signed it, and an unsigned call is refused."
    })
final class McpCommand implements Callable<Integer> {

  private final Console console;
  private final Hosts hosts;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Option(
      names = "--caller-key",
      paramLabel = "FILE",
      description =
          "Key that the client signs its calls with; 'connect opencode' writes both halves.")
  private @Nullable Path callerKey;

  @Option(
      names = "--structured",
      description =
          "Give each answer as structured content as well, for a client that reads it itself. Most"
              + " programs then show their model that instead of the text, which says more.")
  private boolean structured;

  @Option(
      names = "--hold",
      paramLabel = "HOW",
      converter = HoldBy.Converter.class,
      description =
          "Answer the program's hook that asks, when a turn ends, whether tasks are still at work:"
              + " tool (one tool more, for a hook of Claude Code) or socket (for the command"
              + " 'hold'). 'connect' writes both halves.")
  private @Nullable HoldBy hold;

  @Option(
      names = "--wake",
      description =
          "For Codex: set a thread to work when its tasks have ended, by 'codex queue', which shows"
              + " what they did as a message of yours. Not in 'codex exec', where nobody is woken.")
  private boolean wake;

  McpCommand(Console console, Hosts hosts) {
    this.console = console;
    this.hosts = hosts;
  }

  @Override
  public Integer call() {
    if (hold != null && callerKey != null) {
      throw CommandFailedException.usage(
          "--hold is for programs that cannot be told anything; those that sign their calls can"
              + " be");
    }
    CommonOptions options = SidelineCommand.optionsOf(spec);
    SignedCallers signed = signedCallers();
    Path data = options.dataDirectory().orElse(null);
    Path key = callerKey;
    Host host =
        key == null
            ? hosts.forConversations(options, console)
            : hosts.inside(options, key, console);
    try {
      serve(host, signed, data);
    } finally {
      host.close();
    }
    return ExitCodes.FINE;
  }

  private void serve(Host host, @Nullable SignedCallers signed, @Nullable Path data) {
    if (signed != null) {
      serve(host, host.tools(), host.signed(signed));
      return;
    }
    ConversationCallers callers =
        new ConversationCallers(
            console.surroundings().environment(),
            (conversation, origin) -> host.sessionOf(conversation, waker(conversation, origin)));
    if (hold == null) {
      serve(host, host.tools(), callers);
      return;
    }
    LastWord lastWord = new LastWord(host.tool(LastWord.LIST), host::tasksLater, host::outlives);
    List<Tool> tools = new ArrayList<>(host.tools().stream().map(lastWord::seen).toList());
    if (hold == HoldBy.TOOL) {
      tools.add(new HoldTool(lastWord));
      serve(host, tools, callers);
      return;
    }
    HoldSocket socket =
        holdSocket(data, new Leavers(console.surroundings(), callers, host.sessions(), lastWord));
    try {
      serve(host, tools, callers);
    } finally {
      if (socket != null) {
        socket.close();
      }
    }
  }

  private @Nullable Waker waker(Conversation conversation, CallOrigin origin) {
    return wake && origin.attended()
        ? CodexQueue.of(console.surroundings(), conversation.id())
        : null;
  }

  /** Without it the tools work all the same, so nothing but a person is told. */
  private @Nullable HoldSocket holdSocket(@Nullable Path data, Leavers leavers) {
    String problem = "there is no folder of yours for what is kept; --data names one";
    if (data != null) {
      try {
        return HoldSocket.open(data, leavers::leaving);
      } catch (IOException e) {
        problem = FileProblem.words(e);
      }
    }
    console.note("the program will not be held when a turn ends: " + problem);
    return null;
  }

  private void serve(Host host, List<Tool> tools, CallerIdentification callers) {
    try (McpToolServer server =
        new McpToolServer(
            tools,
            callers,
            structured ? AnswerForm.TEXT_AND_STRUCTURED : AnswerForm.TEXT,
            SidelineCommand.Version.number(),
            console.in(),
            console.out())) {
      server.ended().toCompletableFuture().join();
      host.close(); // It answers what is still open, and that goes out before the server's end.
    }
  }

  private @Nullable SignedCallers signedCallers() {
    Path file = callerKey;
    if (file == null) {
      return null;
    }
    try {
      return new SignedCallers(CallerKey.read(file), Clock.systemUTC());
    } catch (IOException e) {
      throw CommandFailedException.failed(String.valueOf(e.getMessage()), e);
    }
  }
}
