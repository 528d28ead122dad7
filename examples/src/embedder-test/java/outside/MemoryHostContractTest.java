package outside;

import dev.sideline.api.PendingRequest;
import dev.sideline.api.SessionClient;
import dev.sideline.api.SessionEvent;
import dev.sideline.api.contract.Errand;
import dev.sideline.api.contract.HeldErrand;
import dev.sideline.api.contract.SessionBackend;
import dev.sideline.api.contract.SessionClientContract;
import dev.sideline.api.leak.LeakCheck;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(LeakCheck.class)
class MemoryHostContractTest extends SessionClientContract {

  @Override
  protected SessionBackend open(Consumer<SessionEvent> events) {
    return new Backend(new MemoryHost(events));
  }

  /** A host with an agent for each errand. */
  private record Backend(MemoryHost host, AtomicInteger errands) implements SessionBackend {

    Backend(MemoryHost host) {
      this(host, new AtomicInteger());
    }

    @Override
    public SessionClient sessions() {
      return host;
    }

    @Override
    public Errand answering(String text) {
      return errand(new Step.Say(text));
    }

    @Override
    public HeldErrand holding(String beginning, String end) {
      CompletableFuture<Void> released = new CompletableFuture<>();
      Errand errand = errand(new Step.Say(beginning), new Step.Await(released), new Step.Say(end));
      return new HeldErrand() {
        @Override
        public Errand errand() {
          return errand;
        }

        @Override
        public void release() {
          released.complete(null);
        }
      };
    }

    @Override
    public Errand askingPermission() {
      return errand(
          new Step.Ask(
              PendingRequest.Kind.PERMISSION,
              "May I run: echo allowed",
              List.of("allow", "always", "reject")));
    }

    @Override
    public Errand askingQuestion() {
      return errand(
          new Step.Ask(PendingRequest.Kind.QUESTION, "Tea or coffee?", List.of("Tea", "Coffee")));
    }

    @Override
    public Errand failing() {
      return errand(new Step.Fail("model", "The model is gone."));
    }

    private Errand errand(Step... steps) {
      String name = "agent-" + errands.incrementAndGet();
      host.agent(name, prompt -> List.of(steps));
      return new Errand(name, "Do errand " + name);
    }

    @Override
    public void close() {
      host.close();
    }
  }
}
