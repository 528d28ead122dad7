package dev.sideline.api;

import java.util.List;
import java.util.Optional;

/**
 * What a host calls on an active plugin. Every method has a default that does nothing.
 *
 * <p>After {@link #dispose} has been called the host calls nothing else.
 */
public interface PluginHooks {

  /**
   * The tools that the plugin offers to agents. The list does not change while the plugin is
   * active.
   */
  default List<Tool> tools() {
    return List.of();
  }

  /**
   * One of the {@link #tools}.
   *
   * @throws IllegalArgumentException if there is none of that name; the message names those that
   *     there are
   */
  default Tool tool(String name) {
    List<Tool> tools = tools();
    for (Tool tool : tools) {
      if (tool.spec().name().equals(name)) {
        return tool;
      }
    }
    throw new IllegalArgumentException(
        "the plugin has no tool '"
            + name
            + "'; it has "
            + tools.stream().map(tool -> tool.spec().name()).toList());
  }

  /**
   * All background tasks of the plugin, for the people who run the host; empty if it has none to
   * show. Always the same while the plugin is active.
   */
  default Optional<TaskOperator> operator() {
    return Optional.empty();
  }

  /**
   * Whether the plugin wants the events of a session. A host asks before it decodes an event, so
   * that the events of sessions that nobody follows cost one look-up; {@link SessionEvent.Created}
   * is always delivered, and {@link SessionEvent.Deleted} should be: what a plugin has recorded of
   * a session need not keep it following that.
   *
   * <p>Called on any thread, as often as there are events: it must be fast and must not block.
   *
   * @param sessionId the session that the event is about
   */
  default boolean observes(String sessionId) {
    return true;
  }

  /**
   * Takes an event. Events are hints: a host delivers those of one session in order, from one
   * thread at a time, but may lose some, in which case it calls {@link #onEventsLost} when it is
   * able to deliver again.
   *
   * <p>Must not block and should not throw; a host skips a hook that throws and goes on.
   */
  default void onEvent(SessionEvent event) {}

  /**
   * Tells that events may have been lost (the stream was cut, a queue was full) and that the stream
   * works again: whoever follows sessions should read their state anew. Must not block.
   */
  default void onEventsLost() {}

  /**
   * Ends the plugin. The last call that a host makes, idempotent. When it returns, no thread, timer
   * or connection of the plugin is left and it makes no further call to the host.
   *
   * <p>May block for a bounded time, which the plugin documents.
   */
  default void dispose() {}
}
