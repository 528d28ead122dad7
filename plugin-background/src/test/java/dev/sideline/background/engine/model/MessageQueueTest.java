package dev.sideline.background.engine.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sideline.background.engine.model.MessageQueue.Message;
import dev.sideline.background.engine.protocol.MessagePurpose;
import org.junit.jupiter.api.Test;

class MessageQueueTest {

  private final MessageQueue queue = new MessageQueue();
  private final Message first = Message.of(MessagePurpose.SENT, "first");
  private final Message second = Message.of(MessagePurpose.FALLBACK, "second");

  @Test
  void what_is_in_the_session_is_not_given_again_behind_another() {
    giveAgain();
    first.markInSession();
    queue.addFirst(second);

    queue.send(queue.takeNext());

    assertThat(queue.waiting()).isEmpty();
  }

  @Test
  void what_got_lost_is_given_again_behind_another() {
    giveAgain();
    queue.addFirst(second);

    queue.send(queue.takeNext());

    assertThat(queue.waiting()).containsExactly(first);
  }

  @Test
  void what_is_in_the_session_is_given_again_where_there_is_no_other() {
    giveAgain();
    first.markInSession();

    queue.send(queue.takeNext());

    assertThat(queue.last()).isSameAs(first);
    assertThat(queue.sending()).isTrue();
  }

  /** The first was given, and waits to be given again. */
  private void giveAgain() {
    queue.addLast(first);
    queue.send(queue.takeNext());
    queue.rest();
    queue.addFirst(first);
  }
}
