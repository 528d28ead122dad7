package outside;

import dev.sideline.api.PendingRequest;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** One thing that an agent of this host does. */
public sealed interface Step {

  /** Takes time. */
  record Think(Duration time) implements Step {}

  /** Writes. */
  record Say(String text) implements Step {}

  /** Uses a tool of its own. */
  record Use(String tool, Duration time) implements Step {}

  /** Uses a tool of the plugin, which the host calls in the name of the agent's session. */
  record Call(String tool, String arguments) implements Step {}

  /** Goes on when somebody lets it. */
  record Await(CompletableFuture<?> signal) implements Step {}

  /** Asks, and writes what it was told. */
  record Ask(PendingRequest.Kind kind, String text, List<String> options) implements Step {}

  /** Its model has to be tried again after a while. */
  record Retry(String reason, Duration time) implements Step {}

  /** Cannot go on, for good. */
  record Fail(String name, String message) implements Step {}
}
