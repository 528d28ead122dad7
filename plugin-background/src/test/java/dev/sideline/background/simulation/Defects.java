package dev.sideline.background.simulation;

import dev.sideline.background.engine.protocol.Effect;
import dev.sideline.background.engine.protocol.Input;
import dev.sideline.background.engine.protocol.Step;
import java.util.List;

/** Steps break off where something outside breaks them, and nowhere by a defect of the engine. */
final class Defects implements Check {

  @Override
  public void after(Input input, Step step, List<TaskHistory.Change> changes) {
    for (Effect effect : step.effects()) {
      if (effect instanceof Effect.ReportDefect report && !isFault(report.defect())) {
        BrokenPromise broken = new BrokenPromise("the engine is wrong itself: " + report.defect());
        broken.initCause(report.defect());
        throw broken;
      }
    }
  }

  private static boolean isFault(Throwable defect) {
    return SimulatedClient.isIdFault(defect) || FaultInjector.isPoison(defect);
  }
}
