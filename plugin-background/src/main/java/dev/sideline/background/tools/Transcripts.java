package dev.sideline.background.tools;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sideline.api.Message;
import dev.sideline.api.SessionException;
import dev.sideline.api.ToolResult;
import dev.sideline.background.engine.protocol.Answer;
import dev.sideline.background.engine.protocol.Answer.View;
import dev.sideline.background.runtime.BackgroundRuntime;
import dev.sideline.background.text.Promise;
import dev.sideline.background.text.TranscriptPage;
import dev.sideline.background.text.TranscriptText;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** Shows what a task has done step by step: the messages of its session, as the host has them. */
final class Transcripts {

  private final Toolbox box;

  Transcripts(Toolbox box) {
    this.box = box;
  }

  /**
   * Which part is wanted.
   *
   * @param since the number of the first message, counted from 0; negative for the newest that fit
   */
  record Part(int since, int maxChars, boolean toolResults) {}

  CompletionStage<ToolResult> of(Answer.Shown shown, Promise promise, Part part) {
    View view = shown.tasks().get(0);
    String session = view.task().session();
    if (session == null) {
      return CompletableFuture.completedStage(
          told(shown, promise, view, TranscriptPage.of(List.of(), false, part.since(), 1, false)));
    }
    return box.runtime()
        .messages(session)
        .handle(
            (messages, failure) ->
                failure == null && messages != null
                    ? told(shown, promise, view, page(messages, part))
                    : unreadable(view, failure));
  }

  private static TranscriptPage page(List<Message> newestFirst, Part part) {
    return TranscriptPage.of(
        newestFirst,
        newestFirst.size() == BackgroundRuntime.MAX_MESSAGES,
        part.since(),
        part.maxChars(),
        part.toolResults());
  }

  private ToolResult told(Answer.Shown shown, Promise promise, View view, TranscriptPage page) {
    ObjectNode json = box.json().newObject();
    ObjectNode task = json.putArray("tasks").addObject();
    json.put("waited_in_vain", shown.waitedInVain());
    TaskJson.write(task, view, box.now());
    TranscriptJson.write(task.putObject("transcript"), page);
    return ToolResult.of(
        box.transcripts().of(view, page, box.now(), box.hostNow())
            + box.text().afterwards(shown, promise),
        Json.text(json));
  }

  private static ToolResult unreadable(View view, @Nullable Throwable failure) {
    Throwable cause =
        failure instanceof CompletionException && failure.getCause() != null
            ? failure.getCause()
            : failure;
    boolean gone =
        cause instanceof SessionException known && known.code() == SessionException.Code.NOT_FOUND;
    return ToolResult.failure(TranscriptText.unreadable(view, gone));
  }
}
