package dev.sideline.background.engine.model;

import dev.sideline.background.engine.model.MessageQueue.Message;
import java.util.ArrayList;
import java.util.List;

/** How far the record of a task is from what is known of it. */
public final class RecordState {

  private boolean dirty;

  /** How often its state was recorded. */
  private int version;

  private boolean outcomeRecorded;

  /** The numbers of the messages that are recorded; most tasks have none most of the time. */
  private List<Long> messages = List.of();

  /** What the task was last found to take, in bytes. */
  private long weight;

  /** When it came to its present state, in epoch milliseconds. */
  private long changedMillis;

  /** Whether there is no such task after all, because it could not be recorded. */
  private boolean discarded;

  /** Takes up a task whose state was recorded so often, with its outcome if it has one. */
  void restore(long recordedVersion, boolean ended) {
    version = (int) recordedVersion;
    outcomeRecorded = ended;
  }

  /** Whether this is the first change of the task in this step. */
  boolean markDirty() {
    boolean first = !dirty;
    dirty = true;
    return first;
  }

  /** Its state is being recorded; tells how often it has been, with this time. */
  int nextVersion() {
    dirty = false;
    return ++version;
  }

  /** Its outcome is being recorded; tells whether it was not before. */
  boolean markOutcomeRecorded() {
    boolean first = !outcomeRecorded;
    outcomeRecorded = true;
    return first;
  }

  // --- messages

  void restoreMessages(List<Message> recorded) {
    messages = recorded.stream().map(Message::number).toList();
  }

  /** Those that are not recorded of all that are kept; from then on they are. */
  List<Message> newMessages(List<Message> kept) {
    if (kept.isEmpty()) {
      return List.of();
    }
    List<Message> fresh =
        kept.stream().filter(message -> !messages.contains(message.number())).toList();
    if (!fresh.isEmpty()) {
      List<Long> all = new ArrayList<>(messages);
      fresh.forEach(message -> all.add(message.number()));
      messages = all;
    }
    return fresh;
  }

  /** The numbers of those that are recorded and kept no more; from then on they are not. */
  List<Long> messagesGone(List<Message> kept) {
    if (messages.isEmpty()) {
      return List.of();
    }
    List<Long> still = kept.stream().map(Message::number).toList();
    List<Long> gone = messages.stream().filter(number -> !still.contains(number)).toList();
    if (!gone.isEmpty()) {
      messages = messages.stream().filter(still::contains).toList();
    }
    return gone;
  }

  // --- what it takes

  public long weight() {
    return weight;
  }

  public void weight(long bytes) {
    weight = bytes;
  }

  /** When the task came to its present state, in epoch milliseconds. */
  public long changedMillis() {
    return changedMillis;
  }

  public void changed(long nowMillis) {
    changedMillis = nowMillis;
  }

  public boolean discarded() {
    return discarded;
  }

  public void discard() {
    discarded = true;
  }
}
