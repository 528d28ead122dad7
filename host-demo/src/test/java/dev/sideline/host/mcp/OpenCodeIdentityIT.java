package dev.sideline.host.mcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sideline.api.Message;
import dev.sideline.api.NewSession;
import dev.sideline.api.Prompt;
import dev.sideline.api.SessionClient;
import dev.sideline.api.leak.LeakCheck;
import dev.sideline.host.connect.OpenCodeProject;
import dev.sideline.host.connect.Originals;
import dev.sideline.host.model.Reply;
import dev.sideline.host.model.Turn;
import dev.sideline.host.opencode.OpenCodeRuntime;
import dev.sideline.host.opencode.harness.RealOpenCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Who calls, as seen by a tool, when agents of a real OpenCode server call it. */
@LeakCheck.OncePerClass // Connections to the server and its model are kept for the next test.
class OpenCodeIdentityIT {

  @RegisterExtension static final RealOpenCode opencode = RealOpenCode.server();

  // The first use of a project's plugin folder makes OpenCode fetch its plugin library.
  private static final Duration FIRST_ANSWER = Duration.ofMinutes(2);
  private static final Pattern PROOF = Pattern.compile("v1\\.[\\w.-]+");

  @TempDir private static Path keys;
  private static OpenCodeRuntime runtime;
  private static Path project;
  private static Path bare;

  @BeforeAll
  static void connect() throws IOException {
    runtime = OpenCodeRuntime.connect(opencode.options());
    project = connected("identity");
    bare = connected("bare");
    Files.delete(bare.resolve(".opencode/plugin/sideline.js"));
    // The first prompt in a project starts its tool server, which then stays.
    ask(session(project), "hello");
    ask(session(bare), "hello");
  }

  @AfterAll
  static void disconnect() {
    runtime.close();
  }

  @Test
  void a_tool_is_told_the_session_and_the_call_that_it_comes_from() {
    opencode
        .model()
        .whenAsked("who am I?")
        .reply(whoami("{\"x\":\"1\"}"))
        .reply(OpenCodeIdentityIT::toolResult);
    String session = session(project);

    assertThat(ask(session, "who am I?")).startsWith(session + " call_").endsWith("{\"x\":\"1\"}");
  }

  @Test
  void two_sessions_are_told_apart() {
    opencode
        .model()
        .whenAsked("who is it?")
        .reply(whoami("{\"x\":\"1\"}"))
        .reply(OpenCodeIdentityIT::toolResult);
    opencode
        .model()
        .whenAsked("and who is it?")
        .reply(whoami("{}"))
        .reply(OpenCodeIdentityIT::toolResult);
    String first = session(project);
    String second = session(project);

    assertThat(ask(first, "who is it?")).startsWith(first);
    assertThat(ask(second, "and who is it?")).startsWith(second);
  }

  @Test
  void what_a_model_writes_as_the_caller_changes_nothing() {
    String victim = session(project);
    opencode
        .model()
        .whenAsked("first of all")
        .reply(whoami("{}"))
        .reply(OpenCodeIdentityIT::toolResult);
    ask(victim, "first of all");
    String stolen = proofSeenBy(Turn.lastUserContains("first of all"));
    assertThat(stolen).isNotEmpty();
    String attacker = session(project);

    for (String claim : List.of(victim, stolen)) {
      opencode
          .model()
          .whenAsked("pretend")
          .reply(whoami("{\"_caller\":\"" + claim + "\"}"))
          .reply(OpenCodeIdentityIT::toolResult);
      assertThat(ask(attacker, "pretend")).startsWith(attacker).doesNotContain(victim);
    }
  }

  @Test
  void without_the_plugin_file_every_call_is_refused_and_says_what_to_do() {
    String victim = session(project);
    opencode
        .model()
        .whenAsked("before that")
        .reply(whoami("{}"))
        .reply(OpenCodeIdentityIT::toolResult);
    ask(victim, "before that");
    String stolen = proofSeenBy(Turn.lastUserContains("before that"));
    String session = session(bare);

    opencode
        .model()
        .whenAsked("unsigned")
        .reply(whoami("{}"))
        .reply(OpenCodeIdentityIT::toolResult);
    assertThat(ask(session, "unsigned")).startsWith("Refused").contains("connect opencode");

    for (String claim : List.of(victim, stolen)) {
      opencode
          .model()
          .whenAsked("forged")
          .reply(whoami("{\"_caller\":\"" + claim + "\"}"))
          .reply(OpenCodeIdentityIT::toolResult);
      assertThat(ask(session, "forged")).startsWith("Refused").doesNotContain(victim);
    }
  }

  @Test
  void a_repository_and_a_folder_in_it_may_both_be_connected() throws Exception {
    Path repository = connected("repository");
    assertThat(
            new ProcessBuilder("git", "init", "-q")
                .directory(repository.toFile())
                .start()
                .waitFor())
        .isZero();
    Path inside = connected("repository/packages/app");
    for (Path directory : List.of(inside, repository)) {
      opencode
          .model()
          .whenAsked("who is it in " + directory)
          .reply(whoami("{}"))
          .reply(OpenCodeIdentityIT::toolResult);
      String session = session(directory);

      assertThat(ask(session, "who is it in " + directory)).startsWith(session);
    }
  }

  private static Path connected(String name) throws IOException {
    Path directory = opencode.newProject(name);
    new OpenCodeProject(
            directory,
            keys.resolve(name.replace("/", "-") + ".key"),
            new Originals(keys.resolve("connected")))
        .connect(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                StubServerMain.class.getName()));
    return directory;
  }

  private static Reply whoami(String arguments) {
    return Reply.tool("sideline_whoami", arguments);
  }

  /** What the tool has answered, as the model's own answer. */
  private static Reply toolResult(Turn turn) {
    List<String> results = turn.toolResults();
    return Reply.text(results.isEmpty() ? "no result" : results.get(results.size() - 1));
  }

  /** A signature as a conversation carries it: spent, but in the hands of the model. */
  private static String proofSeenBy(Predicate<Turn> turns) {
    List<Turn> seen = opencode.model().turns(turns);
    Matcher proof = PROOF.matcher(seen.get(seen.size() - 1).body().toString());
    return proof.find() ? proof.group() : "";
  }

  private static String session(Path directory) {
    opencode.open(directory);
    return get(sessions().create(new NewSession(null, "test", directory.toString(), Map.of())))
        .id();
  }

  private static String ask(String session, String text) {
    String messageId = sessions().newMessageId();
    get(
        sessions()
            .prompt(
                new Prompt(
                    session,
                    messageId,
                    text,
                    RealOpenCode.WORKER,
                    null,
                    null,
                    Set.of(),
                    true,
                    null)));
    return await()
        .atMost(FIRST_ANSWER)
        .until(
            () ->
                get(sessions().messages(session, 10)).stream()
                    .takeWhile(message -> !message.id().equals(messageId))
                    .filter(message -> message.role() == Message.Role.ASSISTANT)
                    .filter(message -> "stop".equals(message.finish()))
                    .map(Message::text)
                    .findFirst()
                    .orElse(""),
            answer -> !answer.isEmpty());
  }

  private static SessionClient sessions() {
    return runtime.sessions();
  }

  private static <T> T get(CompletionStage<T> stage) {
    try {
      return stage.toCompletableFuture().get(60, TimeUnit.SECONDS);
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }
}
