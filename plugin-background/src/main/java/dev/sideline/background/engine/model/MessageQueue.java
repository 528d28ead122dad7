package dev.sideline.background.engine.model;

import dev.sideline.api.ModelRef;
import dev.sideline.background.engine.protocol.Changes.MessageRow;
import dev.sideline.background.engine.protocol.Handling.Attempts;
import dev.sideline.background.engine.protocol.Handling.Messages;
import dev.sideline.background.engine.protocol.MessagePurpose;
import dev.sideline.background.task.TaskId;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What a task's session is to be told, one message after the other. */
public final class MessageQueue {

  public static final int MAX_WAITING = 32;

  /** A message. */
  public static final class Message {
    private final MessagePurpose purpose;
    private final String text;
    private final boolean interrupts;
    private final @Nullable ModelRef model;
    private long number;
    private long call;
    private boolean hasInterrupted;
    private boolean stopped;
    private int failures;
    private int repeats;
    private boolean inSession;

    private Message(
        MessagePurpose purpose,
        String text,
        boolean interrupts,
        @Nullable ModelRef model,
        long call) {
      this.purpose = purpose;
      this.text = text;
      this.interrupts = interrupts;
      this.model = model;
      this.call = call;
    }

    /** A message that nobody waits for to hear what becomes of it. */
    public static Message of(MessagePurpose purpose, String text) {
      return new Message(purpose, text, false, null, 0);
    }

    /** The same, for which the agent is stopped before. */
    public static Message interrupting(MessagePurpose purpose, String text) {
      return new Message(purpose, text, true, null, 0);
    }

    /** A message with which another model goes on. */
    public static Message fallback(String text, boolean interrupts, ModelRef model) {
      return new Message(MessagePurpose.FALLBACK, text, interrupts, model, 0);
    }

    /** A message that a call sends, which wants to know what becomes of it. */
    public static Message sent(String text, boolean interrupts, long call) {
      return new Message(MessagePurpose.SENT, text, interrupts, null, call);
    }

    private static Message of(MessageRow row, String prompt) {
      String text = row.text() == null ? prompt : row.text();
      Message message = new Message(row.purpose(), text, row.interrupts(), row.model(), 0);
      message.number = row.number();
      return message;
    }

    /** As it is recorded, with the prompt of its task, which need not be twice. */
    MessageRow row(TaskId task, String prompt) {
      return new MessageRow(
          task, number, purpose, text.equals(prompt) ? null : text, interrupts, model);
    }

    /** Tells it from the others of its task; 0 for the prompt. */
    long number() {
      return number;
    }

    public MessagePurpose purpose() {
      return purpose;
    }

    public String text() {
      return text;
    }

    /** The model that works from then on; null for the one that does now. */
    public @Nullable ModelRef model() {
      return model;
    }

    /** Whether the agent has still to be stopped for it. */
    public boolean isToInterrupt() {
      return interrupts && !hasInterrupted;
    }

    /**
     * The agent was told to stop for it.
     *
     * @param quiet whether it has stopped
     */
    public void interrupted(boolean quiet) {
      hasInterrupted = true;
      stopped = quiet;
    }

    /** Whether the agent has stopped for it. */
    public boolean stopped() {
      return stopped;
    }

    /** How often giving it to the host has failed. */
    public int failures() {
      return failures;
    }

    /** Giving it to the host has failed; tells how often. */
    public int countFailure() {
      return ++failures;
    }

    /** How often it was given again because it was not in the session. */
    public int repeats() {
      return repeats;
    }

    /** It is given again because it was not in the session. */
    public void countRepeat() {
      repeats++;
    }

    /** It is in its session, and given again only to set its agent to work. */
    public void markInSession() {
      inSession = true;
    }

    long bytes() {
      return 2L * text.length();
    }

    /** Whether it is the prompt, and nothing is known of it but its text. */
    private boolean isMerePrompt() {
      return purpose == MessagePurpose.PROMPT && failures == 0 && repeats == 0;
    }

    /** The call that is to be told what has become of it, unless that was told before; else 0. */
    public long takeCall() {
      long taken = call;
      call = 0;
      return taken;
    }
  }

  private MessagePhase phase = MessagePhase.IDLE;

  /** Not yet sent; null instead of empty, as it is in most tasks most of the time. */
  private @Nullable Deque<Message> waiting;

  private @Nullable Message last;
  private long lastNumber;
  private int sentAs;
  private @Nullable String promptBefore;
  private @Nullable String firstPromptId;
  private @Nullable Trouble trouble;

  /** What has not worked at once; most messages do. */
  private static final class Trouble {
    private static final Trouble NONE = new Trouble();

    private long interruptingSinceMillis;
    private @Nullable Timer retry;
    private int openFailures;
    private boolean perhapsOpened;
    private int fallbacksUsed;
  }

  /** What has not worked, to be read. */
  private Trouble known() {
    return trouble == null ? Trouble.NONE : trouble;
  }

  /** The same, to be written. */
  private Trouble trouble() {
    if (trouble == null) {
      trouble = new Trouble();
    }
    return trouble;
  }

  // --- how far it is

  public MessagePhase phase() {
    return phase;
  }

  private void move(MessagePhase next) {
    if (phase != next && !phase.canMoveTo(next)) {
      throw new IllegalStateException("a message cannot move from " + phase + " to " + next);
    }
    phase = next;
  }

  /** Whether the host is just being asked to take a message, or will be asked again. */
  public boolean sending() {
    return phase == MessagePhase.SENDING;
  }

  /** The agent is being stopped for the next message. */
  public void interrupt(long nowMillis) {
    move(MessagePhase.INTERRUPTING);
    trouble().interruptingSinceMillis = nowMillis;
  }

  /** When the agent was first told to stop for it, in epoch milliseconds. */
  public long interruptingSinceMillis() {
    return known().interruptingSinceMillis;
  }

  /** A message is given to the host. It sets the agent to work on what is in its session, too. */
  public void send(Message message) {
    move(MessagePhase.SENDING);
    if (waiting != null && message != last && waiting.removeIf(waits -> waits.inSession)) {
      waiting = waiting.isEmpty() ? null : waiting;
    }
    last = message;
  }

  /**
   * It is given under an id of its own, and begins an activation by that.
   *
   * @param before the prompt that counted before
   */
  public void sendAs(int activation, String messageId, @Nullable String before) {
    sentAs = activation;
    promptBefore = before;
    if (last != null && last.purpose() == MessagePurpose.PROMPT) {
      firstPromptId = messageId;
    }
  }

  /** The host has perhaps taken the message that was sent last. */
  public void doubt() {
    move(MessagePhase.UNCERTAIN);
  }

  /** Nothing is on its way to the session any more. */
  public void rest() {
    move(MessagePhase.IDLE);
  }

  /** The host has taken the message that was sent last. */
  public void taken() {
    if (last != null && last.isMerePrompt()) {
      // It can be made again of the task's record, and hardly ever has to be.
      last = null;
    }
  }

  /**
   * The message that was sent last. Null if there was none, or if it was the prompt and the host
   * has taken it at once: {@link #last(String)} has that, too.
   */
  public @Nullable Message last() {
    return last;
  }

  /**
   * The message that was sent last, to be sent again if it got lost; null if there was none.
   *
   * @param prompt the task's prompt
   */
  public @Nullable Message last(String prompt) {
    if (last == null && firstPromptId != null) {
      last = Message.of(MessagePurpose.PROMPT, prompt);
    }
    return last;
  }

  /** The activation that it begins, unless something else has set the agent to work since. */
  public int sentAs() {
    return sentAs;
  }

  /** The prompt that counted before it; null if there was none. */
  @Nullable String promptBefore() {
    return promptBefore;
  }

  /** The id of the first message; null before that, and of a task from before a restart. */
  public @Nullable String firstPromptId() {
    return firstPromptId;
  }

  // --- what is recorded of it

  /** What was told last, and is still to be told, by numbers. */
  Messages handling() {
    boolean nothing = sentAs == 0 && waiting == null;
    return nothing
        ? Messages.NONE
        : new Messages(
            last == null ? 0 : last.number,
            sentAs,
            promptBefore,
            waiting().stream().map(Message::number).filter(number -> number != 0).toList());
  }

  /** Those that wait or may have to be sent again, but for the prompt, which its task has. */
  List<Message> kept() {
    boolean prompt = last == null || last.number == 0;
    if (prompt && waiting == null) {
      return List.of();
    }
    Stream<Message> sent = prompt ? Stream.empty() : Stream.of(last);
    return Stream.concat(sent, waiting().stream())
        .filter(kept -> kept.number != 0)
        .distinct()
        .toList();
  }

  /** Takes up what was tried. */
  void restore(Attempts recorded) {
    firstPromptId = recorded.firstPromptId();
    if (recorded.openFailures() > 0 || recorded.fallbacksUsed() > 0) {
      trouble().openFailures = recorded.openFailures();
      trouble().fallbacksUsed = recorded.fallbacksUsed();
    }
  }

  /**
   * Takes up what was told last, and is still to be told.
   *
   * @param atWork whether its agent may be at work, so that what waits is not given before it is
   *     known what has become of the last
   */
  void restore(
      Messages recorded, boolean atWork, String prompt, Function<Long, @Nullable MessageRow> rows) {
    sentAs = recorded.sentAs();
    promptBefore = recorded.promptBefore();
    last = restored(recorded.last(), prompt, rows);
    if (sentAs != 0 || atWork) {
      // It may have been under way when the process ended.
      phase = MessagePhase.UNCERTAIN;
    }
    for (Long number : recorded.waiting()) {
      Message message = restored(number, prompt, rows);
      if (message != null) {
        queue().addLast(message);
      }
    }
  }

  private @Nullable Message restored(
      long number, String prompt, Function<Long, @Nullable MessageRow> rows) {
    MessageRow row = number == 0 ? null : rows.apply(number);
    if (row == null) {
      return null;
    }
    lastNumber = Math.max(lastNumber, number);
    // One that is given again is the last and waits.
    return last != null && last.number == number ? last : Message.of(row, prompt);
  }

  // --- what is tried again

  /** A try to create or tell the session that is to be made again; null if there is none. */
  public @Nullable Timer retry() {
    return known().retry;
  }

  public void retry(@Nullable Timer timer) {
    if (timer != null || trouble != null) {
      trouble().retry = timer;
    }
  }

  /** Creating the session has failed; tells how often. */
  public int countOpenFailure() {
    return ++trouble().openFailures;
  }

  /**
   * A try to create the session has perhaps done so. It stays open until there is one: a later try
   * that fails before it has looked for it tells nothing.
   */
  public void doubtOpened() {
    trouble().perhapsOpened = true;
  }

  /** Whether a try to create the session may have done so. */
  public boolean perhapsOpened() {
    return known().perhapsOpened;
  }

  /** How often creating the session has failed. */
  public int openFailures() {
    return known().openFailures;
  }

  /** The place of the agent's next fallback model in their list. */
  public int nextFallback() {
    return trouble().fallbacksUsed++;
  }

  /** How many of its fallback models were used. */
  public int fallbacksUsed() {
    return known().fallbacksUsed;
  }

  // --- what waits

  boolean isEmpty() {
    return waiting == null;
  }

  public int size() {
    return waiting == null ? 0 : waiting.size();
  }

  /** What those that wait take, in bytes. */
  long bytes() {
    return waiting == null ? 0 : waiting.stream().mapToLong(Message::bytes).sum();
  }

  /** The message that is sent next; null if none waits. */
  public @Nullable Message next() {
    return waiting == null ? null : waiting.peekFirst();
  }

  /** Takes out the message that is sent next; null if none waits. */
  public @Nullable Message takeNext() {
    Message next = waiting == null ? null : waiting.pollFirst();
    if (waiting != null && waiting.isEmpty()) {
      waiting = null;
    }
    return next;
  }

  /** Whether the message that was sent last waits to be sent again. */
  public boolean repeats() {
    return last != null && next() == last;
  }

  public void addLast(Message message) {
    queue().addLast(numbered(message));
  }

  public void addFirst(Message message) {
    queue().addFirst(numbered(message));
  }

  /** Gives it a number of its own. */
  private Message numbered(Message message) {
    if (message.number == 0 && message.purpose != MessagePurpose.PROMPT) {
      message.number = ++lastNumber;
    }
    return message;
  }

  private Deque<Message> queue() {
    if (waiting == null) {
      waiting = new ArrayDeque<>(1);
    }
    return waiting;
  }

  /** Those that wait. */
  public List<Message> waiting() {
    return waiting == null ? List.of() : List.copyOf(waiting);
  }

  /** Takes out all that wait: none of them is sent any more. */
  public List<Message> clear() {
    List<Message> cleared = waiting();
    waiting = null;
    return cleared;
  }
}
