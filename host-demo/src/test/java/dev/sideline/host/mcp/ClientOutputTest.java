package dev.sideline.host.mcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class ClientOutputTest {

  private static final Duration BOUND = Duration.ofSeconds(10);

  private final AtomicInteger gone = new AtomicInteger();

  @Test
  void what_was_sent_has_arrived_in_its_order_at_the_end_and_nobody_has_gone() {
    ByteArrayOutputStream client = new ByteArrayOutputStream();
    ClientOutput output = new ClientOutput(client, gone::incrementAndGet);

    output.send(bytes("ab\n"));
    output.send(bytes("c\n"));
    output.end(BOUND);
    output.send(bytes("too late\n"));

    assertThat(client.toString(StandardCharsets.UTF_8)).isEqualTo("ab\nc\n");
    assertThat(gone).hasValue(0);
  }

  @Test
  void a_client_that_reads_no_more_has_gone() {
    ClientOutput output = new ClientOutput(closed(), gone::incrementAndGet);

    output.send(bytes("a\n"));

    await().until(() -> gone.get() > 0);
    output.end(BOUND);
  }

  @Test
  void a_stream_that_keeps_its_failures_to_itself_is_asked() {
    PrintStream quiet = new PrintStream(closed(), true, StandardCharsets.UTF_8);
    ClientOutput output = new ClientOutput(quiet, gone::incrementAndGet);

    output.send(bytes("a\n"));

    await().until(() -> gone.get() > 0);
    output.end(BOUND);
  }

  @Test
  void an_error_in_writing_ends_the_thread_no_more_than_a_failure() {
    CompletableFuture<String> written = new CompletableFuture<>();
    OutputStream once =
        new OutputStream() {
          private boolean failed;

          @Override
          public void write(int b) {
            throw new UnsupportedOperationException();
          }

          @Override
          public void write(byte[] bytes) {
            if (!failed) {
              failed = true;
              throw new OutOfMemoryError("no room to write");
            }
            written.complete(new String(bytes, StandardCharsets.UTF_8));
          }
        };
    ClientOutput output = new ClientOutput(once, gone::incrementAndGet);

    output.send(bytes("a\n"));
    output.send(bytes("b\n"));

    assertThat(written.orTimeout(10, java.util.concurrent.TimeUnit.SECONDS).join())
        .isEqualTo("b\n");
    output.end(BOUND);
  }

  @Test
  void what_a_client_does_not_read_holds_up_nobody_but_whoever_reads_from_it()
      throws InterruptedException {
    CountDownLatch reads = new CountDownLatch(1);
    ClientOutput output = new ClientOutput(blockedUntil(reads), gone::incrementAndGet);
    for (int i = 0; i < 20; i++) {
      output.send(new byte[1 << 20]);
    }
    CompletableFuture<Void> room = new CompletableFuture<>();
    Thread reader =
        new Thread(
            () -> {
              try {
                output.awaitRoom();
                room.complete(null);
              } catch (InterruptedException e) {
                room.completeExceptionally(e);
              }
            });
    reader.start();
    await().until(() -> reader.getState() == Thread.State.WAITING);
    assertThat(room).isNotDone();

    reads.countDown();

    room.orTimeout(10, java.util.concurrent.TimeUnit.SECONDS).join();
    reader.join();
    output.end(BOUND);
  }

  @Test
  void progress_that_a_client_does_not_read_is_not_kept_and_answers_are() {
    CountDownLatch reads = new CountDownLatch(1);
    ByteArrayOutputStream client = new ByteArrayOutputStream();
    ClientOutput output = new ClientOutput(blockedUntil(reads, client), gone::incrementAndGet);

    for (int i = 0; i < 10_000; i++) {
      output.sendIfRead(bytes("progress of some call\n"));
    }
    output.send(bytes("answer\n"));
    reads.countDown();
    output.end(BOUND);

    assertThat(client.toString(StandardCharsets.UTF_8)).startsWith("progress").endsWith("answer\n");
    assertThat(client.size()).isLessThan(70_000);
  }

  @Test
  void a_client_that_does_not_read_does_not_hold_up_the_end() {
    CountDownLatch never = new CountDownLatch(1);
    ClientOutput output = new ClientOutput(blockedUntil(never), gone::incrementAndGet);
    output.send(bytes("a\n"));

    output.end(Duration.ofMillis(50));

    never.countDown();
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static OutputStream blockedUntil(CountDownLatch reads) {
    return blockedUntil(reads, OutputStream.nullOutputStream());
  }

  private static OutputStream blockedUntil(CountDownLatch reads, OutputStream client) {
    return new OutputStream() {
      @Override
      public void write(int b) throws IOException {
        write(new byte[1], 0, 1);
      }

      @Override
      public void write(byte[] bytes, int offset, int length) throws IOException {
        try {
          reads.await();
        } catch (InterruptedException e) {
          throw new IOException(e);
        }
        client.write(bytes, offset, length);
      }
    };
  }

  private static OutputStream closed() {
    return new OutputStream() {
      @Override
      public void write(int b) throws IOException {
        throw new IOException("Broken pipe");
      }
    };
  }
}
