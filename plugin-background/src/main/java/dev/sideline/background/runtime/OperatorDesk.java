package dev.sideline.background.runtime;

import dev.sideline.api.CancelSignal;
import dev.sideline.api.Reply;
import dev.sideline.api.TaskOperator;
import dev.sideline.api.TaskSnapshot;
import dev.sideline.background.engine.protocol.Answer;
import dev.sideline.background.engine.protocol.Answer.OperatorView;
import dev.sideline.background.engine.protocol.Input;
import dev.sideline.background.task.Outcome;
import dev.sideline.background.task.Task;
import dev.sideline.background.task.TaskId;
import dev.sideline.background.text.SendText;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/** The operator's view of a runtime: his calls go through the mailbox like everybody's. */
public final class OperatorDesk implements TaskOperator {

  private static final int LONGEST_PAGE = 1_000;

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
  public CompletionStage<TaskPage> page(@Nullable String after, int limit) {
    long before = after == null ? Long.MAX_VALUE : number(after);
    if (limit < 1 || limit > LONGEST_PAGE) {
      throw new IllegalArgumentException(
          "a page has 1 to " + LONGEST_PAGE + " tasks, asked for were " + limit);
    }
    return ask(Input.OperatorTasks::new)
        .thenCombine(
            runtime.recorded(before, limit + 1),
            (answer, recorded) -> page(views(answer), recorded, before, limit));
  }

  private static long number(String after) {
    try {
      return Long.parseLong(after);
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException("no page ends with '" + after + "'", e);
    }
  }

  /** What is in memory is newer than what is recorded of it. */
  private TaskPage page(List<OperatorView> here, List<Task> recorded, long before, int limit) {
    Map<TaskId, OperatorView> byId = new HashMap<>();
    recorded.forEach(task -> byId.put(task.id(), OperatorView.ofSettled(task)));
    here.forEach(view -> byId.put(view.task().id(), view));
    List<OperatorView> newest =
        byId.values().stream()
            .filter(view -> view.task().number() < before)
            .sorted(Comparator.comparing(OperatorView::task, Task.BY_LAUNCH.reversed()))
            .limit(limit + 1L)
            .toList();
    boolean more = newest.size() > limit;
    List<OperatorView> shown = more ? newest.subList(0, limit) : newest;
    return new TaskPage(
        shown.stream().map(snapshots::of).toList(),
        more ? Long.toString(shown.get(limit - 1).task().number()) : null);
  }

  @Override
  public CompletionStage<Optional<TaskReport>> report(String id) {
    TaskId task = new TaskId(id);
    return ask(call -> new Input.OperatorTask(call, task))
        .thenApply(answer -> views(answer).stream().findFirst().map(this::report));
  }

  private TaskReport report(OperatorView view) {
    Outcome outcome = view.task().outcome();
    return new TaskReport(
        snapshots.of(view),
        view.task().spec().prompt(),
        outcome == null ? null : outcome.text(),
        outcome == null ? 0 : outcome.textDropped());
  }

  @Override
  public CompletionStage<Integer> purge(Instant endedBefore) {
    long before = runtime.millisAt(endedBefore);
    // Those in memory are recorded, too, if anything is: what was forgotten there is not counted.
    return runtime
        .purge(before)
        .thenCombine(
            ask(call -> new Input.OperatorPurge(call, before)),
            (recorded, answer) -> Math.max(recorded, ((Answer.Cleared) answer).cleared()));
  }

  @Override
  public CompletionStage<Optional<TaskSnapshot>> cancel(String id, @Nullable String reason) {
    TaskId task = new TaskId(id);
    return ask(call -> new Input.OperatorCancel(call, task, reason)).thenApply(this::one);
  }

  @Override
  public CompletionStage<Answered> answer(String requestId, Reply reply) {
    return ask(call -> new Input.OperatorAnswer(call, requestId, reply))
        .thenApply(OperatorDesk::answered);
  }

  private CompletableFuture<Answer> ask(LongFunction<Input> input) {
    return runtime
        .ask(input, CancelSignal.NEVER)
        .thenApply(
            answer -> {
              if (answer instanceof Answer.ShuttingDown) {
                throw new IllegalStateException("background tasks are being shut down");
              }
              if (answer instanceof Answer.RecordUnreadable unreadable) {
                throw new IllegalStateException(
                    "the record of tasks cannot be read: " + unreadable.why());
              }
              if (answer instanceof Answer.Failed) {
                throw new IllegalStateException("Sideline ran into an error of its own");
              }
              return answer;
            });
  }

  private List<TaskSnapshot> all(Answer answer) {
    return views(answer).stream().map(snapshots::of).toList();
  }

  private static List<OperatorView> views(Answer answer) {
    return ((Answer.OperatorViews) answer).tasks();
  }

  private Optional<TaskSnapshot> one(Answer answer) {
    return all(answer).stream().findFirst();
  }

  /** What an operator is told of its answer to a request. */
  static Answered answered(Answer answer) {
    if (answer instanceof Answer.Unrecorded unrecorded) {
      Answered said = answered(unrecorded.answer());
      String detail = said.detail() == null ? "" : said.detail();
      return new Answered(said.fate(), (detail + SendText.UNRECORDED).strip());
    }
    Answer.OperatorAnswered answered = (Answer.OperatorAnswered) answer;
    Fate fate =
        switch (answered.status()) {
          case TAKEN -> Fate.TAKEN;
          case KEPT -> Fate.KEPT;
          case REFUSED -> Fate.REFUSED;
          case GONE -> Fate.NOT_WAITING;
        };
    return new Answered(fate, answered.detail());
  }
}
