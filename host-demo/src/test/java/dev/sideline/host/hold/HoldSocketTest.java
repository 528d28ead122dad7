package dev.sideline.host.hold;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HoldSocketTest {

  private static final Leaver LEAVER = new Leaver("thread-1", List.of(7L, 8L));
  private static final Verdict STAY =
      new Verdict(true, "two are at work: \u00e4 \ud83d\ude80\n\"so\"");

  @TempDir private Path data;
  private final ConcurrentLinkedQueue<Leaver> asked = new ConcurrentLinkedQueue<>();
  private final List<HoldSocket> opened = new ArrayList<>();

  @AfterEach
  void close() {
    opened.forEach(HoldSocket::close);
  }

  @Test
  void whoever_leaves_is_asked_after_and_the_verdict_comes_back() throws IOException {
    HoldSocket socket = open(STAY);
    assertThat(HoldSocket.ask(data, LEAVER)).contains(STAY);
    assertThat(HoldSocket.ask(data, LEAVER)).contains(STAY);
    assertThat(asked).containsExactly(LEAVER, LEAVER);

    socket.close();

    assertThat(sockets()).isEmpty();
    assertThat(HoldSocket.ask(data, LEAVER)).isEmpty();
  }

  @Test
  void of_several_servers_the_one_answers_whose_conversation_it_is() throws IOException {
    open(null);
    open(Verdict.FREE);
    open(null);

    assertThat(sockets()).hasSize(3);
    assertThat(HoldSocket.ask(data, LEAVER)).contains(Verdict.FREE);
  }

  @Test
  void the_folder_may_lie_deep() throws IOException {
    String path = data.toAbsolutePath().toString();
    Path deep = Files.createDirectory(data.resolve("d".repeat(Math.max(1, 85 - path.length()))));

    try (HoldSocket socket = HoldSocket.open(deep, leaver -> answer(STAY))) {
      assertThat(socket).isNotNull();
      assertThat(HoldSocket.ask(deep, LEAVER)).contains(STAY);
    }
  }

  private static CompletionStage<Optional<Verdict>> answer(Verdict verdict) {
    return CompletableFuture.completedStage(Optional.of(verdict));
  }

  @Test
  void where_there_is_no_server_there_is_no_verdict() throws IOException {
    assertThat(HoldSocket.ask(data, LEAVER)).isEmpty();
    assertThat(HoldSocket.ask(data.resolve("nowhere"), LEAVER)).isEmpty();
  }

  @Test
  void the_socket_of_a_server_that_was_killed_is_taken_away() throws IOException {
    Path live = Files.createDirectory(data.resolve("live"));
    Files.setPosixFilePermissions(live, PosixFilePermissions.fromString("rwx------"));
    try (ServerSocketChannel dead = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      dead.bind(UnixDomainSocketAddress.of(live.resolve("dead.sock")));
    }

    open(STAY);
    assertThat(sockets()).as("it may belong to one that is about to listen").hasSize(2);
    assertThat(HoldSocket.ask(data, LEAVER)).contains(STAY);

    Files.setLastModifiedTime(
        live.resolve("dead.sock"), FileTime.from(Instant.now().minusSeconds(600)));
    open(null);
    assertThat(live.resolve("dead.sock")).doesNotExist();
    assertThat(sockets()).hasSize(2);
    assertThat(HoldSocket.ask(data, LEAVER)).contains(STAY);
  }

  @Test
  void one_that_says_nothing_keeps_nobody_waiting_for_long() throws Exception {
    open(STAY);
    try (SocketChannel silent = connected()) {
      Future<Optional<Verdict>> answer = asking();

      assertThat(answer.get(60, TimeUnit.SECONDS)).contains(STAY);
      assertThat(silent.isOpen()).isTrue();
    }
  }

  @Test
  void what_is_no_question_is_not_answered_and_does_no_harm() throws IOException {
    open(STAY);
    for (String rubbish : List.of("\n", "not json\n", "[]\n", "{\"processes\":\"x\"}\n", "x")) {
      try (SocketChannel client = connected()) {
        client.write(StandardCharsets.UTF_8.encode(rubbish));
      }
    }
    try (SocketChannel client = connected()) {
      ByteBuffer endless = ByteBuffer.allocate(1 << 16);
      assertThatThrownBy(
              () -> {
                while (true) {
                  client.write(endless.clear());
                }
              })
          .isInstanceOf(IOException.class);
    }
    assertThat(HoldSocket.ask(data, LEAVER)).contains(STAY);
  }

  @Test
  void a_folder_that_others_can_write_to_is_not_used() throws IOException {
    Path live = Files.createDirectory(data.resolve("live"));
    Files.setPosixFilePermissions(live, PosixFilePermissions.fromString("rwxrwxrwx"));

    assertThatThrownBy(() -> open(STAY))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("can be written by others");
    assertThat(sockets()).isEmpty();
  }

  @Test
  void a_path_that_is_too_long_for_a_socket_is_told() {
    Path deep = data.resolve("x".repeat(100));

    assertThatThrownBy(() -> HoldSocket.open(deep, leaver -> verdict(null)))
        .isInstanceOf(IOException.class);
  }

  private SocketChannel connected() throws IOException {
    return SocketChannel.open(UnixDomainSocketAddress.of(sockets().get(0)));
  }

  private Future<Optional<Verdict>> asking() {
    FutureTask<Optional<Verdict>> asking = new FutureTask<>(() -> HoldSocket.ask(data, LEAVER));
    Thread thread = new Thread(asking, "asking");
    thread.setDaemon(true);
    thread.start();
    return asking;
  }

  private HoldSocket open(Verdict verdict) throws IOException {
    HoldSocket socket =
        HoldSocket.open(
            data,
            leaver -> {
              asked.add(leaver);
              return verdict(verdict);
            });
    opened.add(socket);
    return socket;
  }

  private static CompletionStage<Optional<Verdict>> verdict(Verdict verdict) {
    return CompletableFuture.completedStage(Optional.ofNullable(verdict));
  }

  private List<Path> sockets() throws IOException {
    Path live = data.resolve("live");
    if (!Files.isDirectory(live)) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(live)) {
      return files.toList();
    }
  }
}
