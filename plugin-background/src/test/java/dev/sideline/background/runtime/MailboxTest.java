package dev.sideline.background.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sideline.background.engine.Input;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class MailboxTest {

  private static final long VERY_LONG = Duration.ofHours(1).toNanos();

  private final Mailbox mailbox = new Mailbox();

  @Test
  void a_wake_that_comes_before_the_sleep_ends_it() {
    mailbox.wake();
    Thread sleeper = sleep();
    await().until(() -> !sleeper.isAlive());
  }

  @Test
  void a_wake_ends_one_sleep_and_not_the_next() {
    mailbox.wake();
    mailbox.sleep(1);
    Thread sleeper = sleep();
    await().until(() -> sleeper.getState() == Thread.State.TIMED_WAITING);
    mailbox.wake();
    await().until(() -> !sleeper.isAlive());
  }

  @Test
  void an_input_ends_the_sleep() {
    Thread sleeper = sleep();
    await().until(() -> sleeper.getState() == Thread.State.TIMED_WAITING);
    mailbox.put(new Input.Tick());
    await().until(() -> !sleeper.isAlive());
    assertThat(mailbox.poll()).isEqualTo(new Input.Tick());
    assertThat(mailbox.poll()).isNull();
  }

  private Thread sleep() {
    Thread sleeper = new Thread(() -> mailbox.sleep(VERY_LONG), "sleeper");
    sleeper.setDaemon(true);
    sleeper.start();
    return sleeper;
  }
}
