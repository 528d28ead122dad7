package dev.sideline.background.simulation;

import dev.sideline.api.Reply;
import dev.sideline.background.engine.protocol.Answer;
import dev.sideline.background.engine.protocol.Answer.ReplyStatus;
import dev.sideline.background.engine.protocol.Effect;
import dev.sideline.background.engine.protocol.Input;
import dev.sideline.background.settings.Settings;
import dev.sideline.background.settings.Settings.OnTimeout;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What becomes of the answers to what tasks ask: one that was said to come to nothing is not given
 * afterwards, crash or not.
 */
final class RequestReplies {

  /** An answer to a request. Two that are the same cannot be told apart. */
  private record Given(String requestId, Reply reply) {}

  private final Settings.Requests settings;

  /** The calls that have given it, and were not told that it has come to nothing. */
  private final Map<Given, Set<Long>> open = new HashMap<>();

  private final Set<Given> cameToNothing = new HashSet<>();

  RequestReplies(Settings settings) {
    this.settings = settings.requests();
  }

  /** An input is taken, perhaps somebody's answer. */
  void taken(Input input) {
    Given given = given(input);
    if (given != null) {
      open.computeIfAbsent(given, key -> new HashSet<>()).add(input.call());
      cameToNothing.remove(given);
    }
  }

  /** A call is told what has become of it. */
  void answered(Input input, Answer answer) {
    Given given = given(input);
    if (given != null && isNothing(answer)) {
      Set<Long> others = open.getOrDefault(given, Set.of());
      if (others.remove(input.call()) && others.isEmpty()) {
        cameToNothing.add(given);
      }
    }
  }

  private static boolean isNothing(Answer answer) {
    if (answer instanceof Answer.RequestAnswered answered) {
      return isNothing(answered.status());
    }
    return answer instanceof Answer.OperatorAnswered answered && isNothing(answered.status());
  }

  private static boolean isNothing(ReplyStatus status) {
    return status == ReplyStatus.REFUSED || status == ReplyStatus.GONE;
  }

  void carriesOut(Effect effect) {
    if (effect instanceof Effect.AnswerRequest answer
        && cameToNothing.contains(new Given(answer.requestId(), answer.reply()))
        && !isForNobody(answer.reply())) {
      throw new BrokenPromise("answered all the same: " + answer);
    }
  }

  /** Whether it may be given because nobody has answered in time. */
  private boolean isForNobody(Reply reply) {
    return reply instanceof Reply.Allow
        && !settings.timeout().isZero()
        && settings.onTimeout() == OnTimeout.ALLOW;
  }

  private static @Nullable Given given(Input input) {
    if (input instanceof Input.AnswerRequest answer) {
      return new Given(answer.requestId(), answer.reply());
    }
    return input instanceof Input.OperatorAnswer answer
        ? new Given(answer.requestId(), answer.reply())
        : null;
  }
}
