package dev.sideline.background.runtime;

import dev.sideline.api.CancelSignal;
import dev.sideline.api.Reply;
import dev.sideline.api.TaskOperator;
import dev.sideline.api.TaskSnapshot;
import dev.sideline.background.engine.protocol.Answer;
import dev.sideline.background.engine.protocol.Input;
import dev.sideline.background.task.TaskId;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/** The operator's view of a runtime: his calls go through the mailbox like everybody's. */
public final class OperatorDesk implements TaskOperator {

  private final BackgroundRuntime runtime;
  private final Snapshots snapshots;

  public OperatorDesk(BackgroundRuntime runtime) {
    this.runtime = runtime;
    this.snapshots = new Snapshots(runtime);
  }

  @Override
  public CompletionStage<List<TaskSnapshot>> tasks() {
    return ask(Input.OperatorTasks::new).thenApply(this::all);
  }

  @Override
  public CompletionStage<Optional<TaskSnapshot>> task(String id) {
    TaskId task = new TaskId(id);
    return ask(call -> new Input.OperatorTask(call, task)).thenApply(this::one);
  }

  @Override
  public CompletionStage<Optional<TaskSnapshot>> cancel(String id, @Nullable String reason) {
    TaskId task = new TaskId(id);
    return ask(call -> new Input.OperatorCancel(call, task, reason)).thenApply(this::one);
  }

  @Override
  public CompletionStage<Answered> answer(String requestId, Reply reply) {
    return ask(call -> new Input.OperatorAnswer(call, requestId, reply))
        .thenApply(answer -> answered((Answer.OperatorAnswered) answer));
  }

  private CompletableFuture<Answer> ask(LongFunction<Input> input) {
    return runtime
        .ask(input, CancelSignal.NEVER)
        .thenApply(
            answer -> {
              if (answer instanceof Answer.ShuttingDown) {
                throw new IllegalStateException("background tasks are being shut down");
              }
              if (answer instanceof Answer.Failed) {
                throw new IllegalStateException("Sideline ran into an error of its own");
              }
              return answer;
            });
  }

  private List<TaskSnapshot> all(Answer answer) {
    return ((Answer.OperatorViews) answer).tasks().stream().map(snapshots::of).toList();
  }

  private Optional<TaskSnapshot> one(Answer answer) {
    return all(answer).stream().findFirst();
  }

  private static Answered answered(Answer.OperatorAnswered answer) {
    Fate fate =
        switch (answer.status()) {
          case TAKEN -> Fate.TAKEN;
          case KEPT -> Fate.KEPT;
          case REFUSED -> Fate.REFUSED;
          case GONE -> Fate.NOT_WAITING;
        };
    return new Answered(fate, answer.detail());
  }
}
