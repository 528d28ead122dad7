package dev.sideline.host.owner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** A tool server whose owners come and go. */
@DisabledOnOs(OS.WINDOWS)
class McpRelayTest {

  private static final Duration BOUND = Duration.ofMinutes(1);

  @TempDir private Path folder;
  private Path data;
  private final List<String> received = new CopyOnWriteArrayList<>();
  private final List<String> answered = new CopyOnWriteArrayList<>();
  private final AtomicInteger started = new AtomicInteger();
  private final PipedOutputStream program = new PipedOutputStream();
  private final AtomicInteger endsSilently = new AtomicInteger();
  private OwnerSocket owner;
  private Thread relay;
  private volatile int exitCode = -1;

  @BeforeEach
  void startTheProgram() throws IOException {
    data =
        Files.createDirectory(
            folder.toRealPath().resolve("data"),
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    PipedInputStream in = new PipedInputStream(program, 1 << 20);
    PipedInputStream answers = new PipedInputStream(1 << 20);
    OutputStream out = new PipedOutputStream(answers);
    Attachment attachment =
        new Attachment(
            data,
            new Greeting(
                Greeting.PROTOCOL,
                Program.of("1", null),
                "c",
                List.of("mcp"),
                data.toString(),
                Map.of(),
                List.of(),
                false,
                null),
            this::startOwner);
    relay =
        new Thread(
            () -> {
              try {
                exitCode = new McpRelay(attachment, in, out, OutputStream.nullOutputStream()).run();
              } catch (IOException | InterruptedException e) {
                exitCode = 99;
              }
            });
    relay.start();
    Thread reader =
        new Thread(
            () -> {
              try (BufferedReader lines =
                  new BufferedReader(new InputStreamReader(answers, StandardCharsets.UTF_8))) {
                lines.lines().forEach(answered::add);
              } catch (IOException | java.io.UncheckedIOException e) {
                // The relay has ended.
              }
            });
    reader.setDaemon(true);
    reader.start();
  }

  @AfterEach
  void endAll() throws Exception {
    program.close();
    if (owner != null) {
      owner.close();
    }
    relay.join(BOUND.toMillis());
  }

  /** Answers what does not say that it waits. */
  private boolean startOwner() throws IOException {
    if (endsSilently.getAndDecrement() > 0) {
      return false;
    }
    int number = started.incrementAndGet();
    owner = OwnerSocket.open(data, Map.of(), "1", new Serving(client -> answer(client, number)));
    return true;
  }

  private int answer(Client client, int number) {
    try (BufferedReader lines =
            new BufferedReader(new InputStreamReader(client.in(), StandardCharsets.UTF_8));
        OutputStream out = client.out()) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        received.add(number + " " + line);
        McpLine what = McpLine.of(line.getBytes(StandardCharsets.UTF_8));
        if (what.isRequest() && (number > 1 || !line.contains("waits"))) {
          String answer =
              "{\"jsonrpc\":\"2.0\",\"id\":" + what.id() + ",\"result\":{\"by\":" + number + "}}\n";
          out.write(answer.getBytes(StandardCharsets.UTF_8));
        }
      }
      return 0;
    } catch (IOException e) {
      return 1;
    }
  }

  private void says(String line) throws IOException {
    program.write((line + "\n").getBytes(StandardCharsets.UTF_8));
    program.flush();
  }

  private void greet() throws IOException {
    says("{\"jsonrpc\":\"2.0\",\"id\":0,\"method\":\"initialize\",\"params\":{}}");
    says("{\"jsonrpc\":\"2.0\",\"method\":\"notifications/initialized\"}");
    awaitAnswers(1);
  }

  private static String call(String id, String tool) {
    return "{\"jsonrpc\":\"2.0\",\"id\":"
        + id
        + ",\"method\":\"tools/call\",\"params\":{\"name\":\""
        + tool
        + "\"}}";
  }

  private void awaitAnswers(int count) {
    await().atMost(BOUND).until(() -> answered.size() >= count);
  }

  private void awaitReceived(String text) {
    await().atMost(BOUND).until(() -> received.stream().anyMatch(line -> line.contains(text)));
  }

  @Test
  void what_is_open_is_asked_again_and_each_is_answered_once() throws IOException {
    greet();
    says(call("1", "quick"));
    awaitAnswers(2);
    says(call("\"two\"", "waits"));
    says(call("3", "waits"));
    awaitReceived("1 {\"sideline/key\":\"c-4\"");

    owner.close();

    awaitAnswers(4);
    says(call("4", "quick"));
    awaitAnswers(5);
    assertThat(answered)
        .containsExactlyInAnyOrder(
            "{\"jsonrpc\":\"2.0\",\"id\":0,\"result\":{\"by\":1}}",
            "{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{\"by\":1}}",
            "{\"jsonrpc\":\"2.0\",\"id\":\"two\",\"result\":{\"by\":2}}",
            "{\"jsonrpc\":\"2.0\",\"id\":3,\"result\":{\"by\":2}}",
            "{\"jsonrpc\":\"2.0\",\"id\":4,\"result\":{\"by\":2}}");
    assertThat(received.stream().filter(line -> line.startsWith("2 ")).toList())
        .hasSize(5)
        .satisfies(
            lines -> {
              assertThat(lines.get(0)).contains("initialize");
              assertThat(lines.get(1)).contains("notifications/initialized");
              assertThat(lines.get(2))
                  .contains("\"sideline/key\":\"c-3\"", "\"sideline/again\":true", "\"two\"");
              assertThat(lines.get(3)).contains("\"sideline/key\":\"c-4\"", "sideline/again");
              assertThat(lines.get(4))
                  .contains("\"sideline/key\":\"c-5\"", "\"sideline/late\":true")
                  .doesNotContain("sideline/again");
            });
  }

  @Test
  void what_was_given_up_is_given_up_again() throws IOException {
    greet();
    says(call("7", "waits"));
    says(
        "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/cancelled\",\"params\":{\"requestId\":7}}");
    awaitReceived("cancelled");

    owner.close();

    await()
        .atMost(BOUND)
        .until(
            () ->
                received.stream()
                    .anyMatch(line -> line.startsWith("2 ") && line.contains("cancelled")));
  }

  @Test
  void one_that_has_nothing_open_waits_for_the_next_request_before_it_starts_an_owner()
      throws IOException {
    greet();
    owner.close();
    assertThat(started).hasValue(1);

    says(call("1", "quick"));

    awaitAnswers(2);
    assertThat(started).hasValue(2);
    assertThat(received).noneMatch(line -> line.contains("sideline/again"));
  }

  @Test
  void an_owner_that_was_killed_as_it_began_is_started_again() throws IOException {
    greet();
    says(call("1", "waits"));
    awaitReceived("waits");
    endsSilently.set(2);

    owner.close();

    awaitAnswers(2);
    assertThat(started).hasValue(2);
  }

  @Test
  void one_that_never_begins_is_given_up() throws Exception {
    greet();
    owner.close();
    endsSilently.set(Integer.MAX_VALUE);

    says(call("1", "quick"));

    relay.join(BOUND.toMillis());
    assertThat(exitCode).isOne();
    assertThat(started).hasValue(1);
  }

  @Test
  void what_is_no_message_goes_through_as_it_is() throws IOException {
    greet();

    says("not JSON");
    says("[{\"jsonrpc\":\"2.0\",\"id\":5,\"method\":\"tools/call\"}]");
    says("{\"jsonrpc\":\"2.0\",\"id\":6,\"method\":\"tools/call\"} {}");

    awaitReceived("1 not JSON");
    awaitReceived("1 [{\"jsonrpc\":\"2.0\",\"id\":5");
    awaitReceived("1 {\"jsonrpc\":\"2.0\",\"id\":6,\"method\":\"tools/call\"} {}");
  }

  @Test
  void the_end_of_the_program_is_the_end_of_it() throws Exception {
    greet();

    program.close();

    relay.join(BOUND.toMillis());
    assertThat(exitCode).isZero();
  }
}
