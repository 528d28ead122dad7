package outside;

import dev.sideline.api.Prompt;
import java.util.List;

/** An agent of this host: what it does on a prompt. Called on the host's thread. */
@FunctionalInterface
public interface Agent {

  List<Step> stepsFor(Prompt prompt);
}
