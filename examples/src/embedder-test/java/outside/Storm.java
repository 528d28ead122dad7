package outside;

import dev.sideline.api.PluginHooks;
import dev.sideline.api.SessionClient;
import java.util.Map;
import java.util.Set;

/** Weather in which much goes wrong, until it clears up. */
final class Storm implements Weather {

  private static final double CALLS_IN_TROUBLE = 0.25;
  private static final double EVENTS_IN_TROUBLE = 0.03;

  private final Dice dice;
  private RoughSessions sessions;
  private RoughStream stream;

  Storm(Dice dice) {
    this.dice = dice;
  }

  @Override
  public SessionClient over(SessionClient host, Set<String> parents) {
    sessions = new RoughSessions(host, dice, CALLS_IN_TROUBLE, parents);
    return sessions;
  }

  @Override
  public PluginHooks over(PluginHooks plugin) {
    stream = new RoughStream(plugin, dice, EVENTS_IN_TROUBLE);
    return stream;
  }

  void rages(boolean now) {
    sessions.storm(now);
    stream.storm(now);
  }

  /** How often what has become of a call. */
  Map<RoughSessions.Fate, Integer> met() {
    return sessions.met();
  }

  /** Ends, and gives all answers that are still to come. */
  @Override
  public void close() {
    stream.close();
    sessions.close();
  }
}
