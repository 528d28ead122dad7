package dev.sideline.host.mcp;

import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.LongSupplier;

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
  private final SigningTimes times;
  private final SpentNonces spent = new SpentNonces(REMEMBERED);

  /**
   * @param clock the wall clock, which the signer has too
   */
  public SignedCallers(CallerKey key, Clock clock) {
    this(key, clock, System::nanoTime);
  }

  /**
   * @param nanoTime as {@link System#nanoTime}
   */
  SignedCallers(CallerKey key, Clock clock, LongSupplier nanoTime) {
    this.key = key;
    this.times = new SigningTimes(clock, nanoTime, VALID_FOR, CLOCK_SKEW);
  }

  @Override
  public CompletionStage<Caller> identify(
      String tool, Map<String, Object> arguments, CallOrigin origin) {
    Object claim = arguments.remove(ARGUMENT);
    if (claim == null && origin.isOfOpenCode2()) {
      return refused(
          "Refused: the call does not say which session it comes from. This is OpenCode 2, which"
              + " has not loaded the plugin file of OpenCode 1 that says so. A person can take it"
              + " away with 'connect opencode --remove' and give OpenCode 2 the tools in another"
              + " way, which stands in docs/programs.md. Calling again will not help.");
    }
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
    return switch (judge(proof, origin.late())) {
      case FITS -> used(proof);
      case TOO_OLD -> refusedAsTooOld();
      case IN_THE_FUTURE ->
          refused(
              "Refused: the call was signed in the future; the clocks of OpenCode and of Sideline"
                  + " differ by more than a minute.");
    };
  }

  /** One that is late was signed for the server before this one, which has gone. */
  private synchronized SigningTimes.Verdict judge(CallerProof proof, boolean late) {
    return times.judge(proof.issuedAtMillis(), late);
  }

  private CompletionStage<Caller> used(CallerProof proof) {
    return switch (spent.spend(proof)) {
      case FRESH ->
          CompletableFuture.completedFuture(
              new Caller(proof.sessionId(), proof.callId().isEmpty() ? null : proof.callId()));
      case USED -> refused("Refused: this call was made before with the same signature.");
      case TOO_OLD -> refusedAsForgotten();
    };
  }

  /** Calling again helps one that was late, and not where the clock shows times that have been. */
  private static CompletionStage<Caller> refusedAsForgotten() {
    return refused(
        "Refused: so many calls with later signatures were made that it is not known any more"
            + " whether this one was. Call the tool once more. If that is refused as well, the"
            + " machine's clock has been set back: a person can restart OpenCode, and calling"
            + " again will not help.");
  }

  private static CompletionStage<Caller> refusedAsTooOld() {
    return refused("Refused: the call was signed too long ago. Call the tool once more.");
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
