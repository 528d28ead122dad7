package dev.sideline.background.tools;

import dev.sideline.api.CancelSignal;
import dev.sideline.api.Reach;
import dev.sideline.api.Tool;
import dev.sideline.api.ToolCall;
import dev.sideline.api.ToolResult;
import dev.sideline.api.ToolSpec;
import dev.sideline.background.character.Characters;
import dev.sideline.background.engine.protocol.Answer;
import dev.sideline.background.engine.protocol.Input;
import dev.sideline.background.text.NoticeText;
import dev.sideline.background.text.Phrases;
import dev.sideline.background.text.WaitText;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * What all tools do alike: read the arguments, ask the runtime, put the answer into words. Bad
 * arguments are an answer in words too, and nothing has been asked by then.
 */
abstract class BackgroundTool implements Tool {

  private static final String NOBODY =
      "The host has not said which session makes this call, and tasks belong to sessions. Nothing"
          + " was changed.";

  /** Of a tool that changes nothing. None of ours reaches what is outside of its host. */
  static final ToolSpec.Hints READS = new ToolSpec.Hints(true, false, true, false);

  /** Of a tool that adds to what there is. */
  static final ToolSpec.Hints ADDS = new ToolSpec.Hints(false, false, false, false);

  /** Of a tool that stops or forgets something. */
  static final ToolSpec.Hints ENDS = new ToolSpec.Hints(false, true, true, false);

  private static final String PROPERTIES = "\"properties\":\\{";
  private static final String NEWS =
      "\"properties\":{\"news\":{\"type\":\"string\",\"description\":\"What has ended or asks"
          + " something, where that is told in answers alone\"},";

  static final int MAX_REFS = 1_000;
  static final int MAX_REF_CHARS = 200;

  private final ToolSpec spec;
  final Toolbox box;

  BackgroundTool(ToolSpec spec, Toolbox box) {
    this.spec = withNews(spec);
    this.box = box;
  }

  /** What every answer may have. */
  static ToolSpec withNews(ToolSpec spec) {
    String output = spec.outputSchema();
    return output == null ? spec : spec.withOutputSchema(output.replaceFirst(PROPERTIES, NEWS));
  }

  /** What a call asks of the engine, and how its answer is told. */
  interface Request {

    /**
     * The same, once everything was looked at that takes longer to see. Fails with a {@link
     * BadArgument} if it cannot be made.
     */
    default CompletionStage<Request> checked() {
      return CompletableFuture.completedFuture(this);
    }

    Input input(long call);

    ToolResult result(Answer answer);

    /** Whether it may wait for tasks, and whoever watches the call is to know how far they are. */
    default boolean waits() {
      return false;
    }

    /** The same, for an answer that takes something more than words. */
    default CompletionStage<ToolResult> resultLater(Answer answer) {
      return CompletableFuture.completedFuture(result(answer));
    }
  }

  /**
   * Reads the arguments of a call.
   *
   * @throws BadArgument if one is not allowed
   */
  abstract Request request(String caller, Arguments arguments);

  @Override
  public final ToolSpec spec() {
    return spec;
  }

  /** Whatever goes wrong in it, a call is answered. */
  @Override
  public final CompletionStage<ToolResult> call(ToolCall call) {
    try {
      return answered(call)
          .exceptionally(this::failed)
          .thenCompose(result -> afterNews(call, result));
    } catch (Throwable thrown) {
      return CompletableFuture.completedStage(failed(thrown));
    }
  }

  private ToolResult failed(Throwable thrown) {
    Throwable cause = thrown instanceof CompletionException ? thrown.getCause() : thrown;
    if (cause instanceof BadArgument bad) {
      return refused(bad);
    }
    box.runtime().report(spec.name(), thrown);
    return ToolResult.failure(
        spec.name()
            + " failed inside Sideline: a defect of it, not of your call. It may or may not have"
            + " taken effect; background_list shows your tasks.");
  }

  private CompletionStage<ToolResult> answered(ToolCall call) {
    if (call.sessionId().isBlank()) {
      return CompletableFuture.completedStage(ToolResult.failure(NOBODY));
    }
    Request request;
    List<String> notes;
    try {
      Arguments arguments = new Arguments(box.json().object(call.arguments()));
      request = request(call.sessionId(), arguments);
      arguments.end();
      notes = arguments.notes();
    } catch (BadArgument e) {
      return CompletableFuture.completedStage(refused(e));
    }
    return request
        .checked()
        .thenCompose(checked -> asked(checked, call).thenCompose(answer -> told(checked, answer)))
        .thenApply(result -> whole(noted(result, notes)));
  }

  private CompletionStage<Answer> asked(Request request, ToolCall call) {
    return request.waits()
        ? box.runtime()
            .ask(
                request::input,
                call.cancellation(),
                told -> call.progress().accept(WaitText.progress(told)))
        : box.runtime().ask(request::input, call.cancellation());
  }

  /** Puts before a result what its caller is owed and can be told in answers alone. */
  private CompletionStage<ToolResult> afterNews(ToolCall call, ToolResult result) {
    String caller = call.sessionId();
    if (caller.isBlank()
        || box.runtime().reach(caller) != Reach.ANSWERED
        || given(call.cancellation())) {
      return CompletableFuture.completedFuture(result);
    }
    return box.runtime()
        .ask(number -> new Input.CatchUp(number, caller), call.cancellation())
        .thenApply(
            answer ->
                answer instanceof Answer.CaughtUp told && !told.isEmpty()
                    ? whole(after(told, result))
                    : result)
        .exceptionally(
            thrown -> {
              box.runtime().report("News for the answer of " + spec.name(), thrown);
              return result;
            });
  }

  /** Whether a caller has gone already: what it is owed is kept for one that is there. */
  private boolean given(CancelSignal cancellation) {
    AtomicBoolean given = new AtomicBoolean();
    try {
      cancellation.onCancel(() -> given.set(true)).close();
      return given.get();
    } catch (Throwable thrown) { // The host's own signal.
      box.runtime().report("The cancel signal of a call", thrown);
      return false;
    }
  }

  private ToolResult after(Answer.CaughtUp told, ToolResult result) {
    String news = NoticeText.beforeAnswer(told, box.runtime().deciders());
    return new ToolResult(
        news + result.text(), withNews(news.strip(), result.structured()), result.error());
  }

  /** For whoever reads what is structured instead of the text. */
  private static @Nullable String withNews(String news, @Nullable String structured) {
    if (structured == null) {
      return null;
    }
    String member = "{\"news\":" + Json.quoted(news);
    return structured.equals("{}") ? member + "}" : member + "," + structured.substring(1);
  }

  private static ToolResult noted(ToolResult result, List<String> notes) {
    return notes.isEmpty()
        ? result
        : new ToolResult(
            result.text() + "\n\n" + String.join(" ", notes), result.structured(), result.error());
  }

  private static ToolResult refused(BadArgument bad) {
    return ToolResult.failure(bad.text() + " Nothing was changed.");
  }

  /** What a task has said may have half a character in it, which spoils a conversation for good. */
  private static ToolResult whole(ToolResult result) {
    String text = Characters.whole(result.text());
    String structured = result.structured();
    String whole = structured == null ? null : Characters.whole(structured);
    return Objects.equals(text, result.text()) && Objects.equals(whole, structured)
        ? result
        : new ToolResult(text, whole, result.error());
  }

  private static CompletionStage<ToolResult> told(Request request, Answer answer) {
    ToolResult refusal = refusal(answer);
    return refusal == null
        ? request.resultLater(answer)
        : CompletableFuture.completedFuture(refusal);
  }

  /** What all tools answer alike; null if this is not of that kind. */
  private static @Nullable ToolResult refusal(Answer answer) {
    if (answer instanceof Answer.UnknownTask unknown) {
      String known =
          unknown.known().isEmpty()
              ? "You have no background tasks."
              : "Your tasks: " + String.join(", ", unknown.known()) + ".";
      return ToolResult.failure(
          "No task of yours has the id "
              + Phrases.id(unknown.ref())
              + ". "
              + known
              + " Nothing was changed.");
    }
    if (answer instanceof Answer.AmbiguousTask ambiguous) {
      return ToolResult.failure(
          "Several tasks ran in the session "
              + Phrases.id(ambiguous.ref())
              + ": "
              + String.join(", ", ambiguous.candidates())
              + ". Name one of them. Nothing was changed.");
    }
    if (answer instanceof Answer.RecordUnreadable unreadable) {
      return ToolResult.failure(
          "What this is about is in the record of tasks alone, which cannot be read now: "
              + unreadable.why()
              + ". Try again later. Nothing was changed.");
    }
    if (answer instanceof Answer.ShuttingDown) {
      return ToolResult.failure("Background tasks are being shut down. Nothing was changed.");
    }
    if (answer instanceof Answer.Failed) {
      return ToolResult.failure(
          "Sideline ran into an error of its own, which its log describes. What this call had begun"
              + " was finished or taken back: see background_list before you try again.");
    }
    if (answer instanceof Answer.Abandoned) {
      return ToolResult.failure("The call was cancelled while it waited.");
    }
    return null;
  }
}
