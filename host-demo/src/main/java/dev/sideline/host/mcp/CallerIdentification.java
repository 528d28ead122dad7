package dev.sideline.host.mcp;

import java.util.Map;
import java.util.concurrent.CompletionStage;

/**
 * Tells which session a call comes from. What a call may see and touch hangs on the answer, so it
 * never rests on something that a model can write.
 */
@FunctionalInterface
public interface CallerIdentification {

  /**
   * Identifies the caller, and takes out of the arguments whatever served only for that. Never
   * blocks or throws; any thread.
   *
   * @param tool the tool that is called
   * @param arguments the call's arguments; modifiable
   * @param origin what the program says of the call
   * @return fails with a {@link CallerRefusedException} if the caller is not known for certain
   */
  CompletionStage<Caller> identify(String tool, Map<String, Object> arguments, CallOrigin origin);
}
