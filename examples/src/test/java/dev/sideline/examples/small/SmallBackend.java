package dev.sideline.examples.small;

import dev.sideline.api.SessionClient;
import dev.sideline.api.SessionEvent;
import dev.sideline.api.contract.Ability;
import dev.sideline.api.contract.Errand;
import dev.sideline.api.contract.HeldErrand;
import dev.sideline.api.contract.SessionBackend;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;

/** The small host with one agent, which does what the errand that it is sent says. */
final class SmallBackend implements SessionBackend {

  private final Map<String, Agent> errands = new ConcurrentHashMap<>();
  private final SmallSessions sessions;

  SmallBackend(Consumer<SessionEvent> events) {
    Agent worker = (prompt, words) -> errands.get(prompt.text()).work(prompt, words);
    sessions = new SmallSessions(Map.of("worker", worker), events);
  }

  private Errand errand(Agent what) {
    String prompt = "errand " + errands.size();
    errands.put(prompt, what);
    return new Errand("worker", prompt);
  }

  @Override
  public SessionClient sessions() {
    return sessions;
  }

  /** None beyond what each host has to have. */
  @Override
  public Set<Ability> abilities() {
    return Set.of();
  }

  @Override
  public Errand answering(String text) {
    return errand((prompt, words) -> words.accept(text));
  }

  @Override
  public HeldErrand holding(String beginning, String end) {
    CountDownLatch released = new CountDownLatch(1);
    Errand errand =
        errand(
            (prompt, words) -> {
              words.accept(beginning);
              released.await();
              words.accept(end);
            });
    return new HeldErrand() {
      @Override
      public Errand errand() {
        return errand;
      }

      @Override
      public void release() {
        released.countDown();
      }
    };
  }

  @Override
  public Errand failing() {
    return errand(
        (prompt, words) -> {
          throw new IllegalStateException("out of paper");
        });
  }

  @Override
  public void close() {
    sessions.close();
  }
}
