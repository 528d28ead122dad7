package dev.sideline.host.mcp;

import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * Callers of a host that serves many sessions over one connection and signs each call with a key
 * that it shares with us, in the argument {@value #ARGUMENT}.
 *
 * <p>The argument is in no tool's schema: a model does not know of it, and one that guesses it gets
 * nowhere without the key. It is taken out before the tool sees the arguments.
 */
public final class SignedCallers implements CallerIdentification {

  /** The argument that carries the signature. */
  public static final String ARGUMENT = "_caller";

  // Between signing and the call, a person may have to allow it.
  private static final Duration VALID_FOR = Duration.ofHours(1);
  private static final Duration CLOCK_SKEW = Duration.ofMinutes(1);
  private static final int REMEMBERED = 10_000;

  private final CallerKey key;
  private final Clock clock;
  private final SpentNonces spent;

  public SignedCallers(CallerKey key, Clock clock) {
    this.key = key;
    this.clock = clock;
    // What was signed before we began may have been used with the server before us.
    this.spent = new SpentNonces(REMEMBERED, clock.millis() - 1);
  }

  @Override
  public CompletionStage<Caller> identify(String tool, Map<String, Object> arguments) {
    Object claim = arguments.remove(ARGUMENT);
    if (claim == null) {
      return refused(
          "Refused: the call does not say which session it comes from. OpenCode adds that by the"
              + " plugin file .opencode/plugin/sideline.js, which is missing, failed or was not"
              + " loaded. A person can repair it: run 'connect opencode' in the project again and"
              + " restart OpenCode. Calling again will not help.");
    }
    if (!(claim instanceof String text)) {
      return refusedSignature();
    }
    CallerProof proof = CallerProof.verify(text, tool, key).orElse(null);
    if (proof == null) {
      return refusedSignature();
    }
    long now = clock.millis();
    if (proof.issuedAtMillis() > now + CLOCK_SKEW.toMillis()) {
      return refused(
          "Refused: the call was signed in the future; the clocks of OpenCode and of Sideline"
              + " differ by more than a minute.");
    }
    return switch (spent.spend(proof, now - VALID_FOR.toMillis())) {
      case FRESH ->
          CompletableFuture.completedFuture(
              new Caller(proof.sessionId(), proof.callId().isEmpty() ? null : proof.callId()));
      case USED -> refused("Refused: this call was made before with the same signature.");
      case TOO_OLD ->
          refused("Refused: the call was signed too long ago. Call the tool once more.");
    };
  }

  private static CompletionStage<Caller> refusedSignature() {
    return refused(
        "Refused: the call's signature is not valid. If OpenCode runs with the plugin file"
            + " .opencode/plugin/sideline.js of this project, its key is not this server's: a"
            + " person can run 'connect opencode' in the project again and restart OpenCode."
            + " Calling again will not help.");
  }

  private static CompletionStage<Caller> refused(String message) {
    return CompletableFuture.failedFuture(new CallerRefusedException(message));
  }
}
