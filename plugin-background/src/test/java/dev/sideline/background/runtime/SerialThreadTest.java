package dev.sideline.background.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SerialThreadTest {

  private static final Duration LIMIT = Duration.ofSeconds(5);

  private final SerialThread serial = new SerialThread("serial-test");
  private final List<Integer> done = new CopyOnWriteArrayList<>();

  @AfterEach
  void end() {
    serial.close(LIMIT);
  }

  @Test
  void one_thing_is_done_after_another_in_the_order_in_which_they_came() {
    IntStream.range(0, 1_000).forEach(number -> serial.execute(() -> done.add(number)));

    await().until(() -> done.size() == 1_000);
    assertThat(done).isSorted();
  }

  @Test
  void work_that_comes_to_a_sleeping_thread_is_done() {
    for (int number = 0; number < 200; number++) {
      CompletableFuture<Integer> ran = new CompletableFuture<>();
      int expected = number;
      serial.execute(() -> ran.complete(expected));
      assertThat(ran.orTimeout(5, TimeUnit.SECONDS).join()).isEqualTo(expected);
    }
  }

  @Test
  void a_task_that_throws_does_not_keep_the_next_from_being_done() {
    serial.execute(
        () -> {
          throw new IllegalStateException("on purpose");
        });
    serial.execute(() -> done.add(1));

    await().until(() -> done.size() == 1);
  }

  @Test
  void what_is_waiting_at_the_end_is_done_and_what_comes_later_is_dropped() {
    CountDownLatch go = new CountDownLatch(1);
    serial.execute(() -> awaitLatch(go));
    serial.execute(() -> done.add(1));
    go.countDown();

    serial.close(LIMIT);
    serial.execute(() -> done.add(2));

    assertThat(done).containsExactly(1);
  }

  @Test
  void it_can_be_closed_by_its_own_work() {
    serial.execute(
        () -> {
          serial.close(LIMIT);
          done.add(1);
        });

    await().until(() -> done.size() == 1);
  }

  @Test
  void its_thread_is_a_daemon_with_the_class_loader_of_the_plugin() {
    CompletableFuture<Thread> thread = new CompletableFuture<>();
    serial.execute(() -> thread.complete(Thread.currentThread()));

    assertThat(thread.join().getName()).isEqualTo("serial-test");
    assertThat(thread.join().isDaemon()).isTrue();
    assertThat(thread.join().getContextClassLoader()).isSameAs(SerialThread.class.getClassLoader());
  }

  private static void awaitLatch(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
