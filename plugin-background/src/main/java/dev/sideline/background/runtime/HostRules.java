package dev.sideline.background.runtime;

import dev.sideline.api.SessionException;
import dev.sideline.api.SessionException.Code;
import dev.sideline.background.rights.LaunchableAgents;
import dev.sideline.background.rights.WorkingDirectories;
import dev.sideline.background.rights.WorkingDirectories.Decision;
import dev.sideline.background.settings.Settings;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;

/**
 * Finds out what a session may ask for when it launches a task: the host is asked what it allows,
 * each time, since a person may have given the session another agent meanwhile. Where it does not
 * say, nothing is allowed. Safe for use from any thread.
 */
final class HostRules {

  /** How long a launch is held up for the rules. */
  private static final Duration PATIENCE = Duration.ofSeconds(15);

  private static final Decision NOT_SAID =
      new Decision(null, "the host has not said where you work; try again");

  private final GuardedSessionClient client;
  private final Settings.Rights rights;
  private final WorkingDirectories directories;
  private final Questions<Optional<LaunchableAgents>> agents;
  private final Questions<Decision> places;

  /** The agents that may be launched if the host does not know which there are. */
  private final Optional<LaunchableAgents> ofSilentHost;

  /** Whether the host has said that it does not know its agents, which it will not learn. */
  private volatile boolean silent;

  /**
   * @param replies completes what callers wait for
   * @param wake has {@link #expire} called soon, and now and then while {@link #asks}
   */
  HostRules(GuardedSessionClient client, Settings.Rights rights, Executor replies, Runnable wake) {
    this.client = client;
    this.rights = rights;
    this.directories = new WorkingDirectories(rights.directories());
    this.ofSilentHost = Optional.of(LaunchableAgents.ofSilentHost(rights.agents()));
    this.agents = new Questions<>(PATIENCE, Optional.empty(), replies, wake);
    this.places = new Questions<>(PATIENCE, NOT_SAID, replies, wake);
  }

  /** The agents that a session may launch; empty if the host has not said it. Never fails. */
  CompletableFuture<Optional<LaunchableAgents>> agents(String session) {
    if (silent) {
      return CompletableFuture.completedFuture(ofSilentHost);
    }
    return agents.ask(
        told ->
            Calls.then(
                client.agents(session),
                catalog -> told.accept(Optional.of(LaunchableAgents.of(catalog, rights.agents()))),
                failure -> told.accept(without(failure))));
  }

  private Optional<LaunchableAgents> without(SessionException failure) {
    if (failure.code() != Code.UNSUPPORTED) {
      return Optional.empty();
    }
    silent = true;
    return ofSilentHost;
  }

  /** Whether a task of a session may work in a folder. Never fails. */
  CompletableFuture<Decision> directory(String session, String wish) {
    return places.ask(
        told ->
            Calls.then(
                client.get(session),
                found ->
                    told.accept(
                        directories.decide(
                            wish, found.map(known -> known.directory()).orElse(null))),
                failure ->
                    told.accept(
                        failure.code() == Code.UNSUPPORTED
                            ? directories.decide(wish, null)
                            : NOT_SAID)));
  }

  /** Whether anything may be asked. */
  boolean asks() {
    return agents.anyOpen() || places.anyOpen();
  }

  /** Lets those go on who have waited for long enough. */
  void expire() {
    agents.expire();
    places.expire();
  }

  /** Ends what is still open, and whatever comes later at once. */
  void close() {
    agents.close();
    places.close();
  }
}
