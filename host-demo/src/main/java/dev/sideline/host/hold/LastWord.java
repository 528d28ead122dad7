package dev.sideline.host.hold;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.sideline.api.Audience;
import dev.sideline.api.TaskSnapshot;
import dev.sideline.api.TaskStatus;
import dev.sideline.api.Tool;
import dev.sideline.api.ToolCall;
import dev.sideline.api.ToolResult;
import dev.sideline.api.ToolSpec;
import dev.sideline.host.Barrier;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * Decides whether a conversation may end its turn. It may not while tasks of it are at work, or
 * have ended without its having been told; unless it insists: a second end, with no call of a tool
 * since the first was refused, is granted. Thread-safe.
 */
public final class LastWord {

  /** The tool of the plugin that tells a session of its tasks, and of what it is owed. */
  public static final String LIST = "background_list";

  private static final String ALL = "{\"limit\":50}";
  private static final JsonMapper JSON = new JsonMapper();

  private final Tool list;
  private final Supplier<CompletionStage<List<TaskSnapshot>>> tasks;
  private final Predicate<String> goesOn;
  private final Set<String> refused = ConcurrentHashMap.newKeySet();

  /**
   * @param list the tool {@value #LIST}
   * @param tasks all tasks of all sessions
   */
  public LastWord(Tool list, Supplier<CompletionStage<List<TaskSnapshot>>> tasks) {
    this(list, tasks, session -> false);
  }

  /**
   * @param list the tool {@value #LIST}
   * @param tasks all tasks of all sessions
   * @param goesOn whether the tasks of a session go on when the program of its conversation ends
   */
  public LastWord(
      Tool list, Supplier<CompletionStage<List<TaskSnapshot>>> tasks, Predicate<String> goesOn) {
    this.goesOn = Objects.requireNonNull(goesOn, "goesOn");
    this.list = Objects.requireNonNull(list, "list");
    this.tasks = Objects.requireNonNull(tasks, "tasks");
  }

  /** A tool, the calls of which are seen here. */
  public Tool seen(Tool tool) {
    return new Tool() {
      @Override
      public ToolSpec spec() {
        return tool.spec();
      }

      @Override
      public ToolSpec spec(Audience audience) {
        return tool.spec(audience);
      }

      @Override
      public CompletionStage<ToolResult> call(ToolCall call) {
        refused.remove(call.sessionId());
        return tool.call(call);
      }
    };
  }

  /**
   * The turn of a session's conversation is about to end. Never fails: what goes wrong here keeps
   * nobody from it.
   */
  public CompletionStage<Verdict> beforeTheEnd(String sessionId) {
    return tasks
        .get()
        .thenCompose(all -> decided(sessionId, atWork(sessionId, all)))
        .exceptionally(
            thrown -> {
              Barrier.report("Finding out whether a turn may end", thrown);
              return Verdict.FREE;
            });
  }

  private static List<TaskSnapshot> atWork(String sessionId, List<TaskSnapshot> all) {
    return all.stream()
        .filter(task -> task.parentSessionId().equals(sessionId) && !task.status().terminal())
        .toList();
  }

  private CompletionStage<Verdict> decided(String sessionId, List<TaskSnapshot> atWork) {
    if (refused.remove(sessionId)) {
      return CompletableFuture.completedStage(
          atWork.isEmpty()
              ? Verdict.FREE
              : new Verdict(false, left(atWork, goesOn.test(sessionId))));
    }
    return list.call(ToolCall.of(sessionId, ALL))
        .thenApply(
            listed -> {
              if (atWork.isEmpty() && !tellsNews(listed)) {
                return Verdict.FREE;
              }
              refused.add(sessionId);
              return new Verdict(
                  true, listed.text() + "\n\n" + advice(atWork, goesOn.test(sessionId)));
            });
  }

  /** What it is owed stands in every answer of the plugin's, once. */
  private static boolean tellsNews(ToolResult listed) {
    String structured = listed.structured();
    try {
      return structured != null && JSON.readTree(structured).has("news");
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(LIST + " answers with structured content", e);
    }
  }

  private static String advice(List<TaskSnapshot> atWork, boolean goOn) {
    if (atWork.isEmpty()) {
      return "Your turn is about to end, and you had not been told of this yet. Read what you need"
          + " with background_output, or end your turn again.";
    }
    return "Your turn is about to end, and "
        + count(atWork)
        + " still at work. This program cannot wake you when they have ended, and when it ends "
        + (goOn ? "they go on, but nobody reads their answers. " : "they are stopped. ")
        + "Wait for them with background_output and {\"wait\":\"all\"}, or stop what"
        + " is not needed with background_cancel. "
        + (atWork.stream().anyMatch(task -> task.status() == TaskStatus.INPUT_REQUIRED)
            ? "What asks you something goes on when background_send has answered it. "
            : "")
        + "If somebody goes on with this conversation later, you may as well end your turn again,"
        + " without another call of these tools: your tasks work on, and the next answer of one"
        + " tells you what has ended.";
  }

  private static String left(List<TaskSnapshot> atWork, boolean goOn) {
    boolean one = atWork.size() == 1;
    return "Sideline: "
        + (one ? "1 background task is" : atWork.size() + " background tasks are")
        + " still at work, and "
        + (goOn
            ? (one ? "goes on; whoever goes on" : "go on; whoever goes on")
                + " with this conversation is told when it is over."
            : (one ? "is" : "are") + " stopped when this program ends.");
  }

  private static String count(List<TaskSnapshot> atWork) {
    return atWork.size() == 1
        ? "1 of your background tasks is"
        : atWork.size() + " of your background tasks are";
  }
}
