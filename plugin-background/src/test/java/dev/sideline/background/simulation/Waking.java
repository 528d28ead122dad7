package dev.sideline.background.simulation;

import dev.sideline.api.Message.Role;
import dev.sideline.api.SessionEvent;
import dev.sideline.background.engine.protocol.Effect;
import dev.sideline.background.engine.protocol.Input;
import dev.sideline.background.engine.protocol.Step;
import dev.sideline.background.task.Notice;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * No session is set to work more often in a row than it may, unless a person has said something.
 */
final class Waking implements Check {

  private final int maxWakes;
  private final Map<String, Integer> wakes = new HashMap<>();
  private final Set<String> waking = new HashSet<>();
  private final Set<String> own = new HashSet<>();

  Waking(int maxWakes) {
    this.maxWakes = maxWakes;
  }

  @Override
  public void after(Input input, Step step, List<TaskHistory.Change> changes) {
    if (input instanceof Input.Observed observed) {
      heard(observed.event());
    } else if (input instanceof Input.NoticeArrived arrived
        && step.changes().delivered().contains(arrived.messageId())
        && waking.remove(arrived.messageId())) {
      wakes.merge(arrived.parent(), 1, Integer::sum);
    }
    for (Effect effect : step.effects()) {
      if (effect instanceof Effect.SendNotice send) {
        sends(send.notice());
      } else if (effect instanceof Effect.SendPrompt send && send.task().promptId() != null) {
        own.add(send.task().promptId());
      }
    }
  }

  private void heard(SessionEvent event) {
    boolean word =
        event instanceof SessionEvent.MessageUpdated updated
            && updated.message().role() == Role.USER
            && !own.contains(updated.message().id());
    if (word || event instanceof SessionEvent.Deleted) {
      wakes.remove(event.sessionId());
    }
  }

  private void sends(Notice notice) {
    own.add(notice.messageId());
    if (notice.wake()) {
      waking.add(notice.messageId());
      if (maxWakes > 0 && wakes.getOrDefault(notice.parent(), 0) >= maxWakes) {
        throw new BrokenPromise("woken more than " + maxWakes + " times in a row: " + notice);
      }
    }
  }
}
