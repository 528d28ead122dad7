package dev.sideline.host.hold;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sideline.host.Barrier;
import dev.sideline.host.DaemonThreads;
import dev.sideline.host.file.FileProblem;
import dev.sideline.host.file.OwnFiles;
import dev.sideline.host.file.WholeFile;
import java.io.IOException;
import java.net.ConnectException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where a hook that is a command finds the tool server of the same program, and asks it whether a
 * conversation may end. One socket for each server, in a folder that only its user can enter. A
 * question and its answer are one line of JSON each.
 */
public final class HoldSocket implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(HoldSocket.class);
  private static final JsonMapper JSON = new JsonMapper();
  private static final String SUFFIX = ".sock";

  /** Short, since all of a socket's path may have about 100 bytes. One that is taken is refused. */
  private static final int NAME_LENGTH = 8;

  /** A question of nobody's. */
  private static final String NOBODY = "{}";

  /** For a question, which is written at once. */
  private static final Duration QUESTION = Duration.ofSeconds(2);

  /** For what the plugin is asked. */
  private static final Duration VERDICT = Duration.ofSeconds(15);

  private static final Duration ANSWER = VERDICT.plusSeconds(5);

  /** Between making a socket and listening on it passes less than a moment. */
  private static final Duration YOUNG = Duration.ofMinutes(1);

  private final Path place;
  private final ServerSocketChannel socket;
  private final Function<Leaver, CompletionStage<Optional<Verdict>>> decides;

  private HoldSocket(
      Path place,
      ServerSocketChannel socket,
      Function<Leaver, CompletionStage<Optional<Verdict>>> decides) {
    this.place = place;
    this.socket = socket;
    this.decides = decides;
  }

  /**
   * Opens it.
   *
   * @param data the user's folder for what is kept
   * @param decides for those who leave; empty for one that is none of ours. Must not block
   * @throws IOException if it cannot be had, as where the folder's path is too long for a socket
   */
  public static HoldSocket open(
      Path data, Function<Leaver, CompletionStage<Optional<Verdict>>> decides) throws IOException {
    Path folder = folder(data);
    WholeFile.createSecretFolder(folder);
    OwnFiles.requireOwnFolder(folder);
    for (Path other : sockets(folder)) {
      askOne(other, NOBODY); // Takes it away if its server was killed.
    }
    Path place = folder.resolve(UUID.randomUUID().toString().substring(0, NAME_LENGTH) + SUFFIX);
    ServerSocketChannel socket = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    try {
      socket.bind(UnixDomainSocketAddress.of(place));
    } catch (IOException e) {
      socket.close();
      throw e;
    }
    HoldSocket opened = new HoldSocket(place, socket, decides);
    DaemonThreads.unstarted("sideline-hold", opened::serve).start();
    return opened;
  }

  private static Path folder(Path data) {
    return data.toAbsolutePath().resolve("live");
  }

  private void serve() {
    while (socket.isOpen()) {
      try (SocketChannel asking = socket.accept()) {
        Barrier.run("Asked whether a turn may end", () -> answer(asking));
      } catch (AsynchronousCloseException e) {
        return; // Closed.
      } catch (IOException e) {
        log.warn("The socket for hooks is lost", e);
        return;
      }
    }
  }

  private void answer(SocketChannel asking) {
    try {
      JsonNode question = JSON.readTree(SocketLine.read(asking, QUESTION));
      List<Long> processes = new ArrayList<>();
      question.path("processes").forEach(process -> processes.add(process.asLong()));
      Leaver leaver = new Leaver(question.path("session").asText(""), processes);
      Optional<Verdict> verdict =
          decides
              .apply(leaver)
              .toCompletableFuture()
              .completeOnTimeout(Optional.empty(), VERDICT.toMillis(), TimeUnit.MILLISECONDS)
              .join();
      SocketLine.write(asking, text(verdict), QUESTION);
    } catch (IOException e) {
      log.info("A hook's question was not answered: {}", FileProblem.words(e));
    }
  }

  private static String text(Optional<Verdict> verdict) {
    ObjectNode answer = JsonNodeFactory.instance.objectNode();
    verdict.ifPresent(given -> answer.put("stays", given.stays()).put("words", given.words()));
    return answer.toString();
  }

  /**
   * Asks all tool servers of this user.
   *
   * @param data their folder for what is kept
   * @return what the one has said whose conversation it is; empty if there is none
   */
  public static Optional<Verdict> ask(Path data, Leaver leaver) throws IOException {
    Path folder = folder(data);
    if (!Files.isDirectory(folder)) {
      return Optional.empty();
    }
    ObjectNode question = JsonNodeFactory.instance.objectNode().put("session", leaver.session());
    leaver.processes().forEach(question.withArrayProperty("processes")::add);
    for (Path socket : sockets(folder)) {
      Optional<Verdict> verdict = askOne(socket, question.toString());
      if (verdict.isPresent()) {
        return verdict;
      }
    }
    return Optional.empty();
  }

  private static List<Path> sockets(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.filter(file -> file.toString().endsWith(SUFFIX)).toList();
    }
  }

  private static Optional<Verdict> askOne(Path socket, String question) {
    try (SocketChannel server = SocketChannel.open(UnixDomainSocketAddress.of(socket))) {
      SocketLine.write(server, question, QUESTION);
      JsonNode answer = JSON.readTree(SocketLine.read(server, ANSWER));
      return answer.path("stays").isBoolean()
          ? Optional.of(
              new Verdict(answer.path("stays").asBoolean(), answer.path("words").textValue()))
          : Optional.empty();
    } catch (ConnectException e) {
      takeAwayIfOld(socket); // Its server was killed.
      return Optional.empty();
    } catch (IOException e) {
      log.info("{} does not answer: {}", socket, FileProblem.words(e));
      return Optional.empty();
    }
  }

  /** A young one may belong to a server that has made it and does not listen yet. */
  private static void takeAwayIfOld(Path socket) {
    try {
      Instant made = Files.getLastModifiedTime(socket, LinkOption.NOFOLLOW_LINKS).toInstant();
      if (made.isBefore(Instant.now().minus(YOUNG))) {
        takeAway(socket);
      }
    } catch (IOException e) {
      log.info("{} has gone: {}", socket, FileProblem.words(e));
    }
  }

  private static void takeAway(Path socket) {
    try {
      Files.deleteIfExists(socket);
    } catch (IOException e) {
      log.warn("The socket {} is not taken away", socket, e);
    }
  }

  /** Nobody is answered after this. */
  @Override
  public void close() {
    try {
      socket.close();
    } catch (IOException e) {
      log.warn("The socket {} is not closed", place, e);
    }
    takeAway(place);
  }
}
