package dev.sideline.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class DaemonThreadsTest {

  @Test
  void a_serial_thread_does_the_next_thing_after_an_error_and_tells_of_it() {
    List<Throwable> told = new CopyOnWriteArrayList<>();
    List<Thread> threads = new CopyOnWriteArrayList<>();
    ExecutorService serial = DaemonThreads.serial("sideline-test-serial", told::add);

    serial.execute(() -> threads.add(Thread.currentThread()));
    serial.execute(DaemonThreadsTest::fail);
    serial.execute(() -> threads.add(Thread.currentThread()));

    await().until(() -> threads.size() == 2);
    assertThat(threads.get(1)).isSameAs(threads.get(0));
    assertThat(told).singleElement().isInstanceOf(NoClassDefFoundError.class);
    DaemonThreads.end(serial);
    await().until(() -> !threads.get(0).isAlive());
  }

  @Test
  void a_thread_on_demand_survives_an_error() {
    ExecutorService pool = DaemonThreads.onDemand("sideline-test-pool");
    AtomicReference<Thread> met = new AtomicReference<>();

    pool.execute(
        () -> {
          met.set(Thread.currentThread());
          fail();
        });

    await().until(() -> met.get() != null && met.get().getState() != Thread.State.RUNNABLE);
    assertThat(met.get().isAlive()).isTrue();
    DaemonThreads.end(pool);
  }

  @Test
  void what_is_done_again_and_again_is_done_again_after_an_error() {
    ScheduledExecutorService timer = DaemonThreads.timer("sideline-test-timer");
    AtomicInteger beats = new AtomicInteger();
    AtomicInteger rates = new AtomicInteger();
    CountDownLatch once = new CountDownLatch(1);

    var beat =
        timer.scheduleWithFixedDelay(
            () -> {
              beats.incrementAndGet();
              fail();
            },
            0,
            1,
            TimeUnit.MILLISECONDS);
    var rate =
        timer.scheduleAtFixedRate(
            () -> {
              rates.incrementAndGet();
              fail();
            },
            0,
            1,
            TimeUnit.MILLISECONDS);
    var delayed = timer.schedule(once::countDown, 1, TimeUnit.MILLISECONDS);

    await().until(() -> beats.get() > 2 && rates.get() > 2 && once.getCount() == 0);
    assertThat(beat.isDone()).isFalse();
    assertThat(rate.isDone()).isFalse();
    await().until(delayed::isDone);
    DaemonThreads.end(timer);
  }

  @Test
  void a_thread_ends_without_troubling_anybody_when_its_one_thing_fails() throws Exception {
    AtomicReference<Throwable> uncaught = new AtomicReference<>();
    Thread thread = DaemonThreads.unstarted("sideline-test-once", DaemonThreadsTest::fail);
    thread.setUncaughtExceptionHandler((dead, thrown) -> uncaught.set(thrown));

    thread.start();
    thread.join();

    assertThat(thread.isDaemon()).isTrue();
    assertThat(uncaught.get()).isNull();
  }

  private static void fail() {
    throw new NoClassDefFoundError("dev/missing/Type");
  }
}
