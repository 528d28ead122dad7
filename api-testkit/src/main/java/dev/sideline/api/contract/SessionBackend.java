package dev.sideline.api.contract;

import dev.sideline.api.SessionClient;
import java.util.EnumSet;
import java.util.Set;

/**
 * One implementation of {@link SessionClient} under test, running, with agents that do as they are
 * told. Made anew for each test; what is behind it (a server) may be shared, and other sessions may
 * be there.
 */
public interface SessionBackend extends AutoCloseable {

  /** The client under test. */
  SessionClient sessions();

  /** What the host can do beyond what each has to. By default, all of it. */
  default Set<Ability> abilities() {
    return EnumSet.allOf(Ability.class);
  }

  /** An errand that is answered at once, with exactly this text. */
  Errand answering(String text);

  /**
   * An errand whose answer begins with a text, then waits for its release, then ends.
   *
   * @param beginning what is written before the wait
   * @param end what is written after it
   */
  HeldErrand holding(String beginning, String end);

  /**
   * An errand whose agent asks for the permission to do something of which {@code echo allowed} is
   * a part, and whose answer contains {@code allowed} if it gets it, and otherwise the reason that
   * it was given. Asked for only of a backend that has {@link Ability#REQUESTS}.
   */
  default Errand askingPermission() {
    throw new UnsupportedOperationException("a host with REQUESTS has to say how to have one");
  }

  /**
   * An errand whose agent asks {@code Tea or coffee?} and whose answer contains the reply. Asked
   * for only of a backend that has {@link Ability#REQUESTS}.
   */
  default Errand askingQuestion() {
    throw new UnsupportedOperationException("a host with REQUESTS has to say how to have one");
  }

  /** An errand on which the agent or its model fails for good. */
  Errand failing();

  /**
   * Whether the agent is known to have written something in a session, for hosts that keep a text
   * out of the messages until it is complete. Where the messages show it, there is nothing to do
   * here.
   */
  default boolean toldOfText(String sessionId) {
    return false;
  }

  /**
   * Has what is behind the client give no answer, if the implementation has such a thing behind it.
   *
   * @return ends the stall; everything works again then
   */
  default Stall stall() {
    return () -> {};
  }

  /** Ends the client and the event stream, not necessarily what is behind them. */
  @Override
  void close();

  /** A time without answers. */
  @FunctionalInterface
  interface Stall extends AutoCloseable {
    @Override
    void close();
  }
}
