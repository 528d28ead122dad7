package dev.sideline.background.runtime;

import dev.sideline.api.CancelSignal;
import dev.sideline.api.Reach;
import dev.sideline.background.engine.protocol.Answer;
import dev.sideline.background.engine.protocol.Input;
import dev.sideline.background.rights.LaunchableAgents;
import dev.sideline.background.task.LaunchOptions;
import dev.sideline.background.task.SampleTasks;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.LongFunction;

/** Calls of a session named {@code parent}, each answered before the next. */
final class RuntimeCalls {

  private RuntimeCalls() {}

  /** Launches a task. */
  static Answer launch(BackgroundRuntime runtime) {
    return launch(runtime, "parent");
  }

  static Answer launch(BackgroundRuntime runtime, String caller) {
    return ask(
        runtime,
        call ->
            new Input.Launch(
                call,
                caller,
                SampleTasks.spec("a task"),
                LaunchOptions.NONE,
                List.of(),
                null,
                LaunchableAgents.any(),
                Reach.WOKEN));
  }

  static Answer ask(BackgroundRuntime runtime, LongFunction<Input> input) {
    return runtime.ask(input, CancelSignal.NEVER).orTimeout(30, TimeUnit.SECONDS).join();
  }
}
