package dev.sideline.background.bench;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.sideline.api.Message;
import dev.sideline.api.SessionEvent;
import dev.sideline.api.ToolUse;
import dev.sideline.api.Usage;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/**
 * Many events, in random order of their sessions. As from a decoder, each has a session id of its
 * own whose hash nobody has computed yet.
 */
final class EventBatch {

  static final int SIZE = 10_000;

  private static final ToolUse TOOL_USE = new ToolUse("call_1", "bash", ToolUse.State.RUNNING);
  private static final Message MESSAGE =
      new Message(
          "msg_00000000000000000000000042",
          Message.Role.ASSISTANT,
          Instant.EPOCH,
          null,
          "worker",
          null,
          "",
          List.of(),
          null,
          null,
          null,
          new Usage(12_000, 350, 0, 8_000, 0, 0.0125));

  private final Workload workload;
  private final byte[][] tracked = new byte[SIZE][];
  private final byte[][] untracked = new byte[SIZE][];

  /** Of the sessions of tasks that run. */
  EventBatch(Workload workload) {
    this.workload = workload;
    List<String> sessions = new ArrayList<>();
    while (sessions.size() < SIZE) {
      sessions.addAll(workload.children());
    }
    Collections.shuffle(sessions, new Random(42));
    for (int i = 0; i < SIZE; i++) {
      tracked[i] = sessions.get(i).getBytes(ISO_8859_1);
      untracked[i] = sessions.get(i).replace("ses_0", "ses_7").getBytes(ISO_8859_1);
    }
  }

  /** Sends all of the sessions of tasks; is over when the engine has taken them. */
  void sendTracked() {
    send(tracked);
  }

  /** The same of sessions that nobody follows. */
  void sendUntracked() {
    send(untracked);
  }

  private void send(byte[][] sessions) {
    for (int i = 0; i < SIZE; i++) {
      workload.event(event(new String(sessions[i], ISO_8859_1), i));
    }
    workload.awaitTaken();
  }

  /** Of ten events of a working agent, eight are parts that grow, one a tool, one a message. */
  private static SessionEvent event(String session, int i) {
    return switch (i % 10) {
      case 0 -> new SessionEvent.PartUpdated(session, MESSAGE.id(), TOOL_USE);
      case 5 -> new SessionEvent.MessageUpdated(session, MESSAGE);
      default -> new SessionEvent.PartUpdated(session, MESSAGE.id(), null);
    };
  }
}
