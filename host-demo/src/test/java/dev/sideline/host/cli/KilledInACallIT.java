package dev.sideline.host.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sideline.host.mcp.SignedCallers;
import dev.sideline.host.mcp.Signer;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/**
 * An owner that is killed when it has a call and has not answered it: it is stopped first, so that
 * the call lies there.
 */
@DisabledOnOs(OS.WINDOWS)
class KilledInACallIT {

  private static final JsonMapper JSON = new JsonMapper();
  private static final Pattern TASK = Pattern.compile("bg_[a-z2-7]{26}");
  private static final Duration BOUND = Duration.ofMinutes(1);

  @TempDir private Path folder;
  private Path data;
  private final List<McpProcess> clients = new ArrayList<>();

  @BeforeEach
  void keepDataHere() throws IOException {
    data = HostJar.usedData(folder.resolve("data"));
  }

  @AfterEach
  void endAll() throws IOException {
    clients.forEach(client -> client.process().destroyForcibly());
    OwnerProcesses.end(data);
  }

  private McpProcess client(String... options) throws IOException {
    List<String> words = new ArrayList<>(List.of("--data=" + data));
    words.addAll(List.of(options));
    McpProcess client =
        McpProcess.startOwned("t", folder, builder -> {}, words.toArray(new String[0]));
    clients.add(client);
    return client;
  }

  private ProcessHandle stopped() throws IOException, InterruptedException {
    ProcessHandle owner = OwnerProcesses.of(data);
    assertThat(new ProcessBuilder("kill", "-STOP", "" + owner.pid()).start().waitFor()).isZero();
    return owner;
  }

  /**
   * What the client was given before this has gone on to the owner: it takes one line after the
   * other, and this one has room nowhere before it is taken.
   */
  private static void awaitPassedOn(McpProcess client) throws IOException {
    client.call("background_list", object(), object().put("padding", "x".repeat(500_000)));
  }

  private static ObjectNode object() {
    return JSON.createObjectNode();
  }

  @Test
  void a_message_is_not_sent_twice_and_its_sender_is_told_that_it_is_not_known() throws Exception {
    McpProcess client = client();
    ObjectNode launch = object().put("agent", "slow").put("description", "Be long");
    String launched = client.text("background_task", launch.put("prompt", "600"));
    Matcher task = TASK.matcher(launched);
    assertThat(task.find()).as(launched).isTrue();
    ProcessHandle owner = stopped();
    ObjectNode send = object().put("task_id", task.group());
    int sent = client.call("background_send", send.put("message", "Only once, please."));
    awaitPassedOn(client);

    owner.destroyForcibly();

    JsonNode answer = client.answer(sent);
    assertThat(answer.path("isError").asBoolean()).as(answer.toString()).isTrue();
    assertThat(answer.at("/content/0/text").asText())
        .contains("It is not known whether this took effect", "Look with background_output");
    ObjectNode looks = object().put("task_id", task.group()).put("transcript", true);
    await()
        .atMost(BOUND)
        .untilAsserted(
            () ->
                assertThat(client.text("background_output", looks.deepCopy()))
                    .contains("600")
                    .doesNotContain("Only once, please."));
    assertThat(OwnerProcesses.of(data)).isNotEqualTo(owner);
  }

  @Test
  void a_signed_call_counts_with_the_next_owner_and_then_no_more() throws Exception {
    Path key = folder.resolve("caller.key");
    Signer signer = new Signer(key);
    String session = sessionOfATask();
    McpProcess client = client("--caller-key=" + key);
    String first = signer.sign(session, "background_list");
    assertThat(list(client, first)).contains("Be short");
    assertThat(list(client, first)).contains("Refused: this call was made before");
    ProcessHandle owner = stopped();
    String second = signer.sign(session, "background_list");
    int asked = client.call("background_list", object().put(SignedCallers.ARGUMENT, second));

    owner.destroyForcibly();

    assertThat(client.answer(asked).at("/content/0/text").asText()).contains("Be short");
    assertThat(list(client, second)).contains("Refused: this call was made before");
    assertThat(list(client, signer.sign(session, "background_list"))).contains("Be short");
    assertThat(list(client, signer.sign(session, "background_task")))
        .contains("signature is not valid");
  }

  private String list(McpProcess client, String signature) throws IOException {
    return client.text("background_list", object().put(SignedCallers.ARGUMENT, signature));
  }

  private String sessionOfATask() throws IOException {
    ObjectNode launch = object().put("agent", "echo").put("description", "Be short");
    run("call", "--wait", "background_task", launch.put("prompt", "x").toString());
    return JSON.readTree(run("tasks", "list", "--json")).at("/0/parent_session").asText();
  }

  private String run(String... words) throws IOException {
    List<String> all = new ArrayList<>(List.of(words));
    all.add("--data=" + data);
    HostJar.Outcome outcome = HostJar.runOwned(folder, all.toArray(new String[0]));
    assertThat(outcome.exitCode()).as(outcome.err()).isZero();
    return outcome.out();
  }
}
