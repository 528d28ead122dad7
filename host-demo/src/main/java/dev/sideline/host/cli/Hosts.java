package dev.sideline.host.cli;

import dev.sideline.api.PluginEvent;
import java.nio.file.Path;
import java.util.function.Consumer;

/** Where a command gets the host that it works with. */
interface Hosts {

  /**
   * One with sessions as the options name them.
   *
   * @param published takes what the plugins publish; must not block or throw
   * @throws CommandFailedException if it cannot be had
   */
  Host open(CommonOptions options, Consumer<PluginEvent> published, Console console);

  /** One with sessions for conversations that are held in another program. */
  Host forConversations(CommonOptions options, Console console);

  /**
   * One inside the program whose sessions the options name, and which signs its calls.
   *
   * @param callerKey with which it does; the same for the same project
   */
  Host inside(CommonOptions options, Path callerKey, Console console);

  /** One for commands alone, where nothing of it need be kept. */
  Host embedded(CommonOptions options, Console console);
}
