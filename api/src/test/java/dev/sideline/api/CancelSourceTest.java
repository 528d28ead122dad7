package dev.sideline.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class CancelSourceTest {

  private final CancelSource source = new CancelSource();
  private final List<String> ran = new ArrayList<>();

  @Test
  void actions_run_once_in_the_order_in_which_they_were_registered() {
    source.signal().onCancel(() -> ran.add("first"));
    source.signal().onCancel(() -> ran.add("second"));
    assertThat(source.cancelled()).isFalse();
    source.cancel();
    source.cancel();

    assertThat(ran).containsExactly("first", "second");
    assertThat(source.cancelled()).isTrue();
  }

  @Test
  void an_action_that_comes_late_runs_at_once_and_on_the_same_thread() {
    source.cancel();
    source.signal().onCancel(() -> ran.add(Thread.currentThread().getName())).close();

    assertThat(ran).containsExactly(Thread.currentThread().getName());
  }

  @Test
  void an_action_that_was_taken_back_does_not_run_even_by_one_before_it() {
    List<CancelSignal.Registration> later = new ArrayList<>();
    source.signal().onCancel(() -> later.forEach(CancelSignal.Registration::close));
    later.add(source.signal().onCancel(() -> ran.add("taken back by another")));
    source.signal().onCancel(() -> ran.add("taken back")).close();
    source.signal().onCancel(() -> ran.add("left"));
    source.cancel();

    assertThat(ran).containsExactly("left");
  }

  @Test
  void an_action_that_throws_does_not_keep_others_from_running() {
    RuntimeException first = new IllegalStateException("first");
    Error second = new AssertionError("second");
    source.signal().onCancel(() -> throwIt(first));
    source.signal().onCancel(() -> ran.add("between"));
    source
        .signal()
        .onCancel(
            () -> {
              throw second;
            });
    source.signal().onCancel(() -> ran.add("last"));

    assertThatThrownBy(source::cancel).isSameAs(first).hasSuppressedException(second);
    assertThat(ran).containsExactly("between", "last");
    source.cancel();
  }

  @Test
  void however_many_cancel_and_register_at_once_each_action_runs_once() throws Exception {
    int threads = 8;
    int rounds = 200;
    ExecutorService pool = Executors.newFixedThreadPool(threads);
    try {
      for (int round = 0; round < rounds; round++) {
        CancelSource raced = new CancelSource();
        AtomicInteger runs = new AtomicInteger();
        CountDownLatch start = new CountDownLatch(1);
        List<Future<?>> done = new ArrayList<>();
        for (int i = 0; i < threads; i++) {
          boolean cancels = i % 2 == 0;
          done.add(
              pool.submit(
                  () -> {
                    start.await();
                    if (cancels) {
                      raced.cancel();
                    } else {
                      raced.signal().onCancel(runs::incrementAndGet);
                    }
                    return null;
                  }));
        }
        start.countDown();
        for (Future<?> one : done) {
          one.get(30, TimeUnit.SECONDS);
        }
        assertThat(runs).hasValue(threads / 2);
      }
    } finally {
      pool.shutdownNow();
      assertThat(pool.awaitTermination(30, TimeUnit.SECONDS)).isTrue();
    }
  }

  private static void throwIt(RuntimeException exception) {
    throw exception;
  }
}
