package dev.sideline.background.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class SerialThreadTest {

  private static final Duration LIMIT = Duration.ofSeconds(5);

  private final AtomicLong nanoTime = new AtomicLong();
  private final List<String> wakes = new CopyOnWriteArrayList<>();
  private final SerialThread serial = new SerialThread("serial-test", () -> {});
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
  void work_that_may_wait_is_done_at_the_next_wake() {
    for (int number = 0; number < 200; number++) {
      CompletableFuture<Void> ran = new CompletableFuture<>();
      int expected = number;
      serial.executeLater(() -> done.add(expected));
      serial.executeLater(() -> ran.complete(null));
      serial.wake();
      ran.orTimeout(5, TimeUnit.SECONDS).join();
    }

    assertThat(done).hasSize(200).isSorted();
  }

  @Test
  void work_that_may_wait_keeps_its_place_before_what_may_not() {
    IntStream.range(0, 1_000)
        .forEach(
            number -> {
              Runnable task = () -> done.add(number);
              if (number % 3 == 0) {
                serial.execute(task);
              } else {
                serial.executeLater(task);
              }
            });
    serial.wake();

    await().until(() -> done.size() == 1_000);
    assertThat(done).isSorted();
  }

  @Test
  void work_that_may_wait_is_done_at_the_end_without_a_wake() {
    serial.executeLater(() -> done.add(1));
    serial.close(LIMIT);

    assertThat(done).containsExactly(1);
  }

  @ParameterizedTest
  @MethodSource("dev.sideline.background.runtime.Throwables#all")
  void whatever_a_task_throws_the_next_is_done(Throwable thrown) {
    serial.execute(() -> Throwables.sneak(thrown));
    serial.execute(() -> done.add(1));

    await().until(() -> done.size() == 1);
    assertThat(serial.left()).isZero();
  }

  @Test
  void a_task_that_is_interrupted_keeps_no_later_one_from_being_done_nor_the_thread_from_sleep() {
    CompletableFuture<Boolean> interrupted = new CompletableFuture<>();
    serial.execute(() -> Thread.currentThread().interrupt());
    serial.execute(() -> interrupted.complete(Thread.currentThread().isInterrupted()));

    assertThat(interrupted.orTimeout(5, TimeUnit.SECONDS).join()).isFalse();
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

  // --- what does not come back

  @Test
  void what_waits_behind_something_that_does_not_come_back_is_done_by_another_thread() {
    CountDownLatch stuck = new CountDownLatch(1);
    CompletableFuture<Thread> first = new CompletableFuture<>();
    CompletableFuture<Thread> second = new CompletableFuture<>();
    SerialThread held = held(stuck, first);
    held.execute(() -> second.complete(Thread.currentThread()));

    assertThat(wakes).as("told that something waits").isNotEmpty();
    held.look();
    passPatience();
    held.look();

    assertThat(second.orTimeout(5, TimeUnit.SECONDS).join()).isNotSameAs(first.join());
    assertThat(held.left()).isEqualTo(1);
    stuck.countDown();
    await().until(() -> held.left() == 0 && !first.join().isAlive());
    held.close(LIMIT);
    assertThat(second.join().isAlive()).isFalse();
  }

  @Test
  void nothing_is_done_at_the_same_time_as_anything_but_what_does_not_come_back() {
    CountDownLatch stuck = new CountDownLatch(1);
    SerialThread held = held(stuck, new CompletableFuture<>());
    AtomicInteger atOnce = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    for (int number = 0; number < 500; number++) {
      int expected = number;
      held.execute(
          () -> {
            most.accumulateAndGet(atOnce.incrementAndGet(), Math::max);
            done.add(expected);
            atOnce.decrementAndGet();
          });
    }
    held.look();
    passPatience();
    held.look();
    stuck.countDown();

    await().until(() -> done.size() == 500);
    assertThat(done).isSorted();
    assertThat(most).hasValue(1);
    held.close(LIMIT);
  }

  @Test
  void a_thread_that_takes_its_time_alone_or_one_short_task_after_another_is_left_in_peace() {
    CountDownLatch stuck = new CountDownLatch(1);
    SerialThread held = held(stuck, new CompletableFuture<>());
    held.look();
    passPatience();
    held.look();
    assertThat(held.left()).as("nothing waits").isZero();

    stuck.countDown();
    await().until(() -> !held.busy());
    held.look();
    passPatience();
    held.look();
    assertThat(held.left()).as("it sleeps").isZero();
    held.close(LIMIT);
  }

  @Test
  void at_its_end_threads_that_do_not_come_back_are_interrupted() {
    CompletableFuture<Thread> first = new CompletableFuture<>();
    CompletableFuture<Thread> second = new CompletableFuture<>();
    SerialThread held = held(new CountDownLatch(1), first);
    held.execute(
        () -> {
          second.complete(Thread.currentThread());
          awaitLatch(new CountDownLatch(1));
        });
    held.look();
    passPatience();
    held.look();
    assertThat(second.orTimeout(5, TimeUnit.SECONDS).join().isAlive()).isTrue();

    held.close(Duration.ofMillis(1));

    await().until(() -> !first.join().isAlive() && !second.join().isAlive());
  }

  /** A thread, already inside something that comes back when the latch is open. */
  private SerialThread held(CountDownLatch latch, CompletableFuture<Thread> thread) {
    SerialThread held =
        new SerialThread("serial-test", Duration.ZERO, () -> wakes.add("wake"), nanoTime::get);
    held.execute(
        () -> {
          thread.complete(Thread.currentThread());
          awaitLatch(latch);
        });
    thread.orTimeout(5, TimeUnit.SECONDS).join();
    return held;
  }

  private void passPatience() {
    nanoTime.addAndGet(SerialThread.PATIENCE.toNanos());
  }

  // --- there only while there is something to do

  @Test
  void a_thread_on_demand_ends_when_it_is_idle_and_comes_again() {
    SerialThread onDemand = new SerialThread("on-demand", Duration.ofNanos(1));
    CompletableFuture<Thread> first = new CompletableFuture<>();
    onDemand.execute(() -> first.complete(Thread.currentThread()));
    await().until(() -> first.isDone() && !first.join().isAlive());

    for (int number = 0; number < 1_000; number++) {
      int expected = number;
      onDemand.execute(() -> done.add(expected));
    }

    await().until(() -> done.size() == 1_000);
    assertThat(done).isSorted();
    onDemand.stop(LIMIT);
  }

  @Test
  void a_thread_that_is_stopped_is_interrupted_in_what_it_does_and_drops_what_waits() {
    SerialThread onDemand = new SerialThread("on-demand", Duration.ofSeconds(10));
    CountDownLatch begun = new CountDownLatch(1);
    CompletableFuture<Boolean> interrupted = new CompletableFuture<>();
    onDemand.execute(
        () -> {
          begun.countDown();
          try {
            interrupted.complete(new CountDownLatch(1).await(1, TimeUnit.HOURS));
          } catch (InterruptedException e) {
            interrupted.complete(true);
          }
        });
    onDemand.execute(() -> done.add(1));
    await().until(() -> begun.getCount() == 0);

    onDemand.stop(LIMIT);

    assertThat(interrupted.orTimeout(5, TimeUnit.SECONDS).join()).isTrue();
    onDemand.execute(() -> done.add(2));
    assertThat(done).isEmpty();
  }

  private static void awaitLatch(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
