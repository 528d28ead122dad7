package dev.sideline.background.tools;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sideline.api.Audience;
import dev.sideline.api.ToolResult;
import dev.sideline.api.ToolSpec;
import dev.sideline.background.engine.protocol.Answer;
import dev.sideline.background.engine.protocol.Answer.View;
import dev.sideline.background.engine.protocol.Input;
import dev.sideline.background.engine.protocol.WaitMode;
import dev.sideline.background.task.Outcome;
import dev.sideline.background.text.Excerpt;
import dev.sideline.background.text.Promise;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** {@code background_output}: shows tasks and their answers, perhaps after waiting for them. */
final class OutputTool extends BackgroundTool {

  private static final int DEFAULT_WAIT_SECONDS = 45;
  private static final int MIN_CHARS_EACH = 200;

  private static final String DESCRIPTION =
      """
      Read the answer of a background task, or how far it is. Without wait it returns at once. With \
      wait "any" or "all" it returns when the first or the last of the tasks has ended, or after \
      timeout_seconds; that is better than asking again and again; %s. Reading takes nothing away. A long answer is cut to \
      max_chars, its end is shown; read all of it from since=0. A wait also returns when a task asks \
      something, and shows how to answer. transcript shows what a task has done step by step; that is \
      long, and seldom needed.\
      """;

  /** What a task has beyond what it has in every tool. */
  private static final String OUTPUT_PROPERTIES =
      ",\"output\":{\"type\":\"string\"},\"output_from\":{\"type\":\"integer\"},"
          + "\"output_to\":{\"type\":\"integer\"},\"output_total\":{\"type\":\"integer\"},\"result\":{\"description\":\"The"
          + " answer, if it had to fit a result_schema, does, and is shown whole\"},\"transcript\":"
          + TranscriptJson.SCHEMA;

  private final Transcripts transcripts;

  OutputTool(Toolbox box) {
    super(spec(box, box.usualPromise()), box);
    this.transcripts = new Transcripts(box);
  }

  private static ToolSpec spec(Toolbox box, Promise promise) {
    return ToolSpec.of(
            "background_output",
            DESCRIPTION.formatted(promise.inOutput()),
            inputSchema(box, promise))
        .withTitle("Read a background task")
        .withOutputSchema(
            "{\"type\":\"object\",\"properties\":{\"tasks\":{\"type\":\"array\",\"items\":"
                + TaskJson.schemaWith(OUTPUT_PROPERTIES)
                + "},\"waited_in_vain\":{\"type\":\"boolean\"}},\"required\":[\"tasks\"]}")
        .withHints(READS)
        .withUpFront(true);
  }

  @Override
  public ToolSpec spec(Audience audience) {
    return withNews(spec(box, Promise.of(audience.reach())));
  }

  private static int maxWaitSeconds(Toolbox box) {
    return (int) box.settings().maxWait().toSeconds();
  }

  /** Whom nothing sets to work has nothing better to do than to wait. */
  private static int defaultWaitSeconds(Toolbox box, Promise promise) {
    return promise == Promise.ANSWERED
        ? maxWaitSeconds(box)
        : Math.min(DEFAULT_WAIT_SECONDS, maxWaitSeconds(box));
  }

  private static int maxChars(Toolbox box) {
    return Math.max(box.settings().texts().maxOutput(), box.settings().texts().maxResult());
  }

  private static String inputSchema(Toolbox box, Promise promise) {
    return String.format(
        Locale.ROOT,
        """
        {"type":"object","properties":{
        "task_id":{"type":"string","description":"One task, by its id or its session's"},
        "task_ids":{"type":"array","items":{"type":"string"},"minItems":1,"maxItems":%6$d,\
        "description":"Several; neither: all of yours that are live, or if none is, those that ended last"},
        "wait":{"type":"string","enum":["none","any","all"],"default":"none",\
        "description":"What to wait for: the first that ends (any), the last (all), or nothing (none, the default)"},
        "timeout_seconds":{"type":"integer","minimum":1,"maximum":%1$d,"default":%2$d,\
        "description":"How long to wait at most; %2$d if left out, %1$d at most"},
        "max_chars":{"type":"integer","minimum":%3$d,"maximum":%4$d,"default":%5$d,\
        "description":"How much of the answers to show, over all tasks; %5$d if left out, %4$d at most"},
        "since":{"type":"integer","minimum":0,\
        "description":"Show one task's answer from this character on; its transcript from this message on"},
        "transcript":{"type":"boolean","default":false,\
        "description":"Show the messages of one task's session instead of its answer, the newest that fit"},
        "tool_results":{"type":"boolean","default":false,\
        "description":"With transcript: show what tool calls returned, too"}},
        "additionalProperties":false}\
        """,
        maxWaitSeconds(box),
        defaultWaitSeconds(box, promise),
        MIN_CHARS_EACH,
        maxChars(box),
        box.settings().texts().maxOutput(),
        MAX_REFS);
  }

  @Override
  Request request(String caller, Arguments arguments) {
    List<String> refs = Refs.read(arguments);
    WaitMode mode = mode(arguments);
    boolean timed = arguments.has("timeout_seconds");
    int maxWait = maxWaitSeconds(box);
    int timeout =
        arguments.atMost(
            "timeout_seconds", defaultWaitSeconds(box, box.promise(caller)), 1, maxWait);
    if (timed && mode == WaitMode.NONE) {
      throw new BadArgument(
          "'timeout_seconds' is given without a wait; set 'wait' to \"any\" or \"all\" as well.");
    }
    int maxChars =
        arguments.atMost(
            "max_chars", box.settings().texts().maxOutput(), MIN_CHARS_EACH, maxChars(box));
    int since = arguments.number("since", -1, 0, Integer.MAX_VALUE);
    boolean transcript = arguments.flag("transcript");
    boolean toolResults = arguments.flag("tool_results");
    if ((since >= 0 || transcript) && refs.size() != 1) {
      throw new BadArgument(
          transcript
              ? "'transcript' shows the messages of one task; give exactly one 'task_id'."
              : "'since' reads on in one task's answer; give exactly one 'task_id'.");
    }
    if (toolResults && !transcript) {
      throw new BadArgument(
          "'tool_results' belongs to a transcript; set 'transcript' to true as well.");
    }
    return new Request() {
      @Override
      public Input input(long call) {
        return new Input.Output(call, caller, refs, mode, timeout * 1_000L);
      }

      @Override
      public boolean waits() {
        return mode != WaitMode.NONE;
      }

      @Override
      public ToolResult result(Answer answer) {
        return shown((Answer.Shown) answer, box.promise(caller), maxChars, since);
      }

      @Override
      public CompletionStage<ToolResult> resultLater(Answer answer) {
        return transcript
            ? transcripts.of(
                (Answer.Shown) answer,
                box.promise(caller),
                new Transcripts.Part(since, maxChars, toolResults))
            : CompletableFuture.completedStage(result(answer));
      }
    };
  }

  private static WaitMode mode(Arguments arguments) {
    String wait = arguments.choice("wait", List.of("none", "any", "all"));
    return wait == null ? WaitMode.NONE : WaitMode.valueOf(wait.toUpperCase(Locale.ROOT));
  }

  private ToolResult shown(Answer.Shown shown, Promise promise, int maxChars, int since) {
    long now = box.now();
    ObjectNode json = box.json().newObject();
    ArrayNode list = json.putArray("tasks");
    json.put("waited_in_vain", shown.waitedInVain());
    StringBuilder text = new StringBuilder();
    int each = Math.max(MIN_CHARS_EACH, maxChars / Math.max(1, shown.tasks().size()));
    for (View view : shown.tasks()) {
      Excerpt excerpt = excerpt(view, each, since);
      text.append(text.length() == 0 ? "" : "\n\n").append(box.text().full(view, excerpt, now));
      ObjectNode object = list.addObject();
      TaskJson.write(object, view, now);
      if (view.task().outcome() != null) {
        object.put("output", excerpt.text());
        object.put("output_from", excerpt.from());
        object.put("output_to", excerpt.to());
        object.put("output_total", excerpt.total());
        result(object, view, excerpt);
      }
    }
    text.append(box.text().afterwards(shown, promise));
    return ToolResult.of(text.toString(), Json.text(json));
  }

  /** An answer that was to fit a schema, and does, is JSON. */
  private void result(ObjectNode object, View view, Excerpt excerpt) {
    Outcome outcome = view.task().outcome();
    if (outcome != null
        && outcome.reason() == Outcome.Reason.OK
        && view.task().spec().resultSchema() != null
        && excerpt.whole()) {
      JsonNode result = box.json().tree(outcome.text());
      if (result != null) {
        object.set("result", result);
      }
    }
  }

  private static Excerpt excerpt(View view, int maxChars, int since) {
    Outcome outcome = view.task().outcome();
    String kept = outcome == null ? "" : outcome.text();
    long dropped = outcome == null ? 0 : outcome.textDropped();
    return since < 0
        ? Excerpt.end(kept, dropped, maxChars)
        : Excerpt.from(kept, dropped, since, maxChars);
  }
}
