package dev.sideline.background.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sideline.background.engine.protocol.Input;
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

  @Test
  void a_mark_is_reached_when_all_before_it_was_taken() {
    mailbox.put(new Input.Tick());
    Mailbox.Mark mark = mailbox.mark();
    mailbox.put(new Input.EventsLost());

    assertThat(mailbox.poll()).isEqualTo(new Input.Tick());
    assertThat(mark.reached()).isFalse();
    assertThat(mailbox.poll()).as("it is no input").isEqualTo(new Input.EventsLost());
    assertThat(mark.reached()).isTrue();
  }

  @Test
  void a_mark_at_the_end_is_reached_by_looking() {
    Mailbox.Mark mark = mailbox.mark();
    assertThat(mailbox.poll()).isNull();
    assertThat(mark.reached()).isTrue();
  }

  private Thread sleep() {
    Thread sleeper = new Thread(() -> mailbox.sleep(VERY_LONG), "sleeper");
    sleeper.setDaemon(true);
    sleeper.start();
    return sleeper;
  }
}
