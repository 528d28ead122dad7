package dev.sideline.host.text;

import dev.sideline.api.Failure;
import dev.sideline.api.Message;
import dev.sideline.api.PendingRequest;
import dev.sideline.api.SessionEvent;
import dev.sideline.api.SessionStatus;
import dev.sideline.api.ToolUse;
import java.util.Collection;
import org.jspecify.annotations.Nullable;

/**
 * How many characters of somebody else's text a value holds, for whoever bounds what is kept. What
 * is short whoever writes it, such as ids, does not count.
 */
public final class TextLength {

  private TextLength() {}

  /** Of an answer or prompt with the tool calls in it. */
  public static long of(Message message) {
    return message.text().length() + of(message.toolUses()) + of(message.failure());
  }

  /** Of tool calls. */
  public static long of(Collection<ToolUse> uses) {
    return uses.stream().mapToLong(TextLength::of).sum();
  }

  /** Of a tool call. */
  public static long of(ToolUse use) {
    return (long) use.tool().length() + use.arguments().length() + use.result().length();
  }

  /** Of an event. */
  public static long of(SessionEvent event) {
    if (event instanceof SessionEvent.PartUpdated updated) {
      return updated.toolUse() == null ? 0 : of(updated.toolUse());
    }
    if (event instanceof SessionEvent.MessageUpdated updated) {
      return of(updated.message());
    }
    if (event instanceof SessionEvent.RequestAsked asked) {
      return of(asked.request());
    }
    if (event instanceof SessionEvent.Failed failed) {
      return of(failed.failure());
    }
    if (event instanceof SessionEvent.StatusChanged changed) {
      return of(changed.status());
    }
    return 0;
  }

  private static long of(PendingRequest request) {
    return request.text().length() + request.options().stream().mapToLong(String::length).sum();
  }

  private static long of(@Nullable Failure failure) {
    return failure == null ? 0 : failure.message().length();
  }

  private static long of(SessionStatus status) {
    return status.reason() == null ? 0 : status.reason().length();
  }
}
