package dev.sideline.host.owner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

@DisabledOnOs(OS.WINDOWS)
class OwnerSocketTest {

  private static final Duration BOUND = Duration.ofMinutes(1);

  @TempDir private Path folder;
  private Path data;
  private final List<AutoCloseable> opened = new ArrayList<>();

  @BeforeEach
  void makeTheFolder() throws IOException {
    data = secretFolder(folder.toRealPath().resolve("data"));
  }

  @AfterEach
  void closeAll() throws Exception {
    for (AutoCloseable one : opened) {
      one.close();
    }
  }

  private static Path secretFolder(Path place) throws IOException {
    return Files.createDirectories(
        place, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
  }

  /** Writes what it reads, and says which command it is. */
  private static final class Echo implements OwnerSocket.Reception {
    @Override
    public Admission admits(Greeting greeting) {
      return greeting.arguments().contains("unwanted")
          ? Admission.refused("you are not wanted")
          : Admission.GRANTED;
    }

    @Override
    public int serve(Client client) {
      try (OutputStream out = client.out();
          OutputStream err = client.err()) {
        err.write(String.join(" ", client.greeting().arguments()).getBytes(StandardCharsets.UTF_8));
        client.in().transferTo(out);
        return 7;
      } catch (IOException e) {
        return 8;
      }
    }
  }

  private OwnerSocket open(Map<String, String> environment) throws IOException {
    OwnerSocket socket = OwnerSocket.open(data, environment, "1", new Echo());
    opened.add(socket);
    return socket;
  }

  private Attachment attachment(String... arguments) {
    Greeting greeting =
        new Greeting(
            Greeting.PROTOCOL,
            Program.of("1", null),
            "client",
            List.of(arguments),
            data.toString(),
            Map.of("A", "\u00e4 \"\\\n"),
            List.of(1L, 2L),
            false,
            null);
    return new Attachment(
        data,
        greeting,
        () -> {
          throw new OwnerRefusedException("none is started here");
        });
  }

  private String run(String input, String... arguments) throws Exception {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    InputStream in = new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8));
    int code = new CommandRelay(attachment(arguments), in, out, err).run();
    assertThat(code).isEqualTo(7);
    return err.toString(StandardCharsets.UTF_8) + "|" + out.toString(StandardCharsets.UTF_8);
  }

  @Test
  void what_comes_in_goes_to_the_owner_and_back() throws Exception {
    open(Map.of());
    String much = "0123456789".repeat(100_000);

    assertThat(run("said", "a", "b c")).isEqualTo("a b c|said");
    assertThat(run(much, "x")).isEqualTo("x|" + much);
    assertThat(run("", "x")).isEqualTo("x|");
  }

  @Test
  void the_socket_is_its_users_alone() throws Exception {
    open(Map.of());

    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(data)))
        .isEqualTo("rwx------");
    assertThat(
            PosixFilePermissions.toString(
                Files.getPosixFilePermissions(data.resolve("owner.sock"))))
        .isEqualTo("rw-------");
  }

  @Test
  void a_client_that_is_refused_is_told_why() throws Exception {
    open(Map.of());

    assertThatThrownBy(() -> run("", "unwanted"))
        .isInstanceOf(OwnerRefusedException.class)
        .hasMessage("you are not wanted");
  }

  @Test
  void without_an_owner_one_is_started() {
    assertThatThrownBy(() -> run("")).hasMessage("none is started here");
  }

  @Test
  void an_owner_that_is_killed_before_it_has_read_all_has_ended_and_not_only_hung_up()
      throws Exception {
    try (ServerSocketChannel listening = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      listening.bind(UnixDomainSocketAddress.of(data.resolve("owner.sock")));
      CompletableFuture<Void> killed = CompletableFuture.runAsync(() -> takeOneAndEnd(listening));

      assertThatThrownBy(() -> run("0123456789".repeat(100_000)))
          .isInstanceOf(OwnerRefusedException.class)
          .hasMessageContaining("(process 4711) has ended while it carried this out");
      killed.get(1, TimeUnit.MINUTES);
    }
  }

  /** Of what a client sends it reads the greeting and one byte more, so that the rest is unread. */
  private static void takeOneAndEnd(ServerSocketChannel listening) {
    try (SocketChannel client = listening.accept()) {
      while (oneByte(client) != '\n') {
        // Its greeting goes on.
      }
      client.write(
          StandardCharsets.UTF_8.encode(new Welcome("1", 4711, null, false).line() + "\n"));
      assertThat(oneByte(client)).isPositive();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static byte oneByte(SocketChannel client) throws IOException {
    ByteBuffer one = ByteBuffer.allocate(1);
    assertThat(client.read(one)).isEqualTo(1);
    return one.get(0);
  }

  @Test
  void what_a_killed_owner_has_left_is_replaced() throws Exception {
    ServerSocketChannel left = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    left.bind(UnixDomainSocketAddress.of(data.resolve("owner.sock")));
    left.close();
    assertThat(attachment().attachIfThere()).isEmpty();

    open(Map.of());

    assertThat(run("x")).isEqualTo("|x");
  }

  @Test
  void a_link_in_the_place_of_the_socket_is_refused_on_both_sides() throws Exception {
    Path elsewhere = folder.resolve("elsewhere.sock");
    ServerSocketChannel listening = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    opened.add(listening);
    listening.bind(UnixDomainSocketAddress.of(elsewhere));
    Files.createSymbolicLink(data.resolve("owner.sock"), elsewhere);

    assertThatThrownBy(() -> open(Map.of())).hasMessageContaining("is a link");
    assertThatThrownBy(() -> run("")).hasMessageContaining("is a link");
    assertThat(elsewhere).exists();
  }

  @Test
  void a_file_in_its_place_is_not_taken_away() throws Exception {
    Files.writeString(data.resolve("owner.sock"), "mine");

    assertThatThrownBy(() -> open(Map.of())).hasMessageContaining("is a file");
    assertThat(data.resolve("owner.sock")).hasContent("mine");
  }

  @Test
  void a_folder_that_others_can_write_to_is_not_trusted() throws Exception {
    open(Map.of());
    Files.setPosixFilePermissions(data, PosixFilePermissions.fromString("rwxrwxrwx"));

    assertThatThrownBy(() -> run("")).hasMessageContaining("can be written by others");
  }

  @Test
  void a_path_that_is_too_long_is_no_hindrance() throws Exception {
    data = secretFolder(data.resolve("long-".repeat(12)).resolve("longer-".repeat(12)));
    // The folder of this test may lie as deep as it likes; a socket's must not.
    Path runtime = Files.createTempDirectory(Path.of("/tmp"), "run").toRealPath();

    OwnerSocket socket = open(Map.of("XDG_RUNTIME_DIR", runtime.toString()));

    assertThat(run("x")).isEqualTo("|x");
    assertThat(data.resolve("owner.sock")).doesNotExist();
    socket.close();
    assertThat(attachment().attachIfThere()).isEmpty();
    delete(runtime);
  }

  private static void delete(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }

  @Test
  void garbage_gets_one_line_and_is_hung_up_on() throws Exception {
    open(Map.of());
    Random random = new Random(20261129);
    List<byte[]> garbage =
        new ArrayList<>(
            List.of(
                bytes("\n"),
                bytes("GET / HTTP/1.1\n"),
                bytes("{}\n"),
                bytes("[1]\n"),
                bytes("{\"sideline\":1,\"client\":\"x\",\"directory\":7}\n"),
                bytes("{\"sideline\":99,\"client\":\"x\",\"directory\":\"/\"}\n"),
                bytes("{\"sideline\":1,\"environment\":{\"a\":{\"b\":{\"c\":{\"d\":{}}}}}}\n")));
    for (int i = 0; i < 200; i++) {
      byte[] noise = new byte[random.nextInt(200)];
      random.nextBytes(noise);
      garbage.add(withLineBreak(noise));
    }

    for (byte[] one : garbage) {
      assertThat(answerTo(one)).contains("\"error\":").endsWith("\n");
    }

    assertThat(run("x")).isEqualTo("|x");
  }

  @Test
  void frames_that_are_none_end_their_client_alone() throws Exception {
    OwnerSocket socket = open(Map.of());
    Random random = new Random(20261130);

    for (int i = 0; i < 100; i++) {
      try (SocketChannel channel = SocketPlace.connect(data)) {
        channel.write(StandardCharsets.UTF_8.encode(attachment("x").greeting().line() + "\n"));
        byte[] noise = new byte[1 + random.nextInt(100)];
        random.nextBytes(noise);
        channel.write(ByteBuffer.wrap(noise));
      }
    }

    await().atMost(BOUND).until(() -> socket.clients() == 0);
    assertThat(run("x")).isEqualTo("|x");
  }

  @Test
  void a_client_that_reads_nothing_holds_up_no_other() throws Exception {
    open(Map.of());
    try (SocketChannel silent = SocketPlace.connect(data)) {
      silent.configureBlocking(false);
      ByteBuffer greeting = StandardCharsets.UTF_8.encode(attachment("x").greeting().line() + "\n");
      while (greeting.hasRemaining()) {
        silent.write(greeting);
      }
      byte[] piece = new byte[5 + (60 << 10)];
      piece[0] = 1;
      ByteBuffer.wrap(piece).putInt(1, piece.length - 5);
      ByteBuffer pieces = ByteBuffer.allocate(200 * piece.length);
      while (pieces.hasRemaining()) {
        pieces.put(piece);
      }
      pieces.flip();
      for (int i = 0; i < 200; i++) {
        silent.write(pieces); // As much as there is room for, one piece after the other.
      }

      assertThat(run("x")).isEqualTo("|x");
    }
  }

  @Test
  void one_client_too_many_is_told_so_and_the_others_go_on() throws Exception {
    OwnerSocket socket = open(Map.of());
    List<Link> links = new ArrayList<>();
    for (int i = 0; i < OwnerSocket.MOST_CLIENTS; i++) {
      Link link = attachment("x").attachIfThere().orElseThrow();
      links.add(link);
      opened.add(link.wire());
    }

    assertThatThrownBy(() -> run("x")).hasMessageContaining("250 clients already");

    links.get(0).wire().close();
    await().atMost(BOUND).until(() -> socket.clients() < OwnerSocket.MOST_CLIENTS);
    await().atMost(BOUND).untilAsserted(() -> assertThat(run("x")).isEqualTo("|x"));
  }

  @Test
  void a_command_ends_when_its_client_has_gone() throws Exception {
    CountDownLatch gone = new CountDownLatch(1);
    OwnerSocket socket =
        OwnerSocket.open(
            data,
            Map.of(),
            "1",
            new Serving(
                client -> {
                  client.whenGone(gone::countDown);
                  try {
                    gone.await();
                  } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                  }
                  return 0;
                }));
    opened.add(socket);
    Link link = attachment().attachIfThere().orElseThrow();
    await().atMost(BOUND).until(() -> socket.clients() == 1);

    link.wire().close();

    await().atMost(BOUND).until(() -> socket.clients() == 0);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static byte[] withLineBreak(byte[] noise) {
    byte[] line = java.util.Arrays.copyOf(noise, noise.length + 1);
    line[noise.length] = '\n';
    return line;
  }

  private String answerTo(byte[] garbage) throws IOException {
    try (SocketChannel channel = SocketPlace.connect(data)) {
      channel.write(ByteBuffer.wrap(garbage));
      ByteArrayOutputStream answer = new ByteArrayOutputStream();
      ByteBuffer some = ByteBuffer.allocate(4096);
      try {
        while (channel.read(some) >= 0) {
          answer.write(some.array(), 0, some.position());
          some.clear();
        }
      } catch (IOException e) {
        // Hung up on with something of ours unread.
      }
      return answer.toString(StandardCharsets.UTF_8);
    }
  }
}
