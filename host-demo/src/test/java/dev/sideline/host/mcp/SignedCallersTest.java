package dev.sideline.host.mcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SignedCallersTest {

  private static final String TOOL = "background_task";

  private final AdvancingClock clock = new AdvancingClock();
  private CallerKey key;
  private SignedCallers callers;
  private int nonces;

  @BeforeEach
  void start(@TempDir Path directory) throws IOException {
    key = CallerKey.readOrCreate(directory.resolve("caller.key"));
    callers = new SignedCallers(key, clock, clock::nanoTime);
  }

  @Test
  void a_signed_call_has_the_session_and_call_that_were_signed() {
    Map<String, Object> arguments = arguments(proof("ses_1", "call.1|x").signed(TOOL, key));

    Caller caller = identify(arguments);

    assertThat(caller).isEqualTo(new Caller("ses_1", "call.1|x"));
    assertThat(arguments).isEqualTo(Map.of("prompt", "hi"));
  }

  @Test
  void a_call_may_be_signed_without_a_call_id() {
    assertThat(identify(arguments(proof("ses_1", "").signed(TOOL, key))))
        .isEqualTo(new Caller("ses_1", null));
  }

  @Test
  void a_call_without_a_signature_is_refused_and_says_what_to_do() {
    assertThatThrownBy(() -> identify(arguments(null)))
        .cause()
        .isInstanceOf(CallerRefusedException.class)
        .hasMessageContaining("connect opencode");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "ses_1",
        "v1.c2VzXzE..1.0000000000000000.0000000000000000000000000000000000000000000",
        "v2.c2VzXzE.YQ.1.0.0",
        "signed:ses_1"
      })
  void what_a_model_may_write_in_place_of_a_signature_is_refused(String claim) {
    assertRefused(claim, "signature is not valid");
  }

  @Test
  void a_signature_that_is_no_text_is_refused() {
    Map<String, Object> arguments = arguments(null);
    arguments.put(SignedCallers.ARGUMENT, Map.of("sessionID", "ses_1"));

    assertThatThrownBy(() -> identify(arguments)).cause().hasMessageContaining("signature");
    assertThat(arguments).isEqualTo(Map.of("prompt", "hi"));
  }

  @Test
  void a_signature_of_another_key_is_refused(@TempDir Path elsewhere) throws IOException {
    CallerKey other = CallerKey.readOrCreate(elsewhere.resolve("other.key"));

    assertRefused(proof("ses_1", "c").signed(TOOL, other), "signature is not valid");
  }

  @Test
  void a_signature_for_one_tool_does_not_count_for_another() {
    assertRefused(proof("ses_1", "c").signed("background_cancel", key), "signature is not valid");
  }

  @Test
  void a_signature_moved_to_another_session_is_refused() {
    String mine = proof("ses_1", "c").signed(TOOL, key);
    String theirs = proof("ses_2", "c").signed(TOOL, key);
    String mixed =
        theirs.substring(0, theirs.lastIndexOf('.')) + mine.substring(mine.lastIndexOf('.'));

    assertRefused(mixed, "signature is not valid");
  }

  @Test
  void a_signature_counts_once() {
    String signed = proof("ses_1", "c").signed(TOOL, key);
    identify(arguments(signed));

    assertRefused(signed, "made before");
  }

  @Test
  void a_call_that_waited_for_a_person_to_allow_it_still_counts() {
    String signed = proof("ses_1", "c").signed(TOOL, key);
    clock.advance(Duration.ofMinutes(30));

    assertThat(identify(arguments(signed)).sessionId()).isEqualTo("ses_1");
  }

  @Test
  void a_signature_of_two_hours_ago_is_refused() {
    String signed = proof("ses_1", "c").signed(TOOL, key);
    clock.advance(Duration.ofHours(2));

    assertRefused(signed, "too long ago");
  }

  @Test
  void a_signature_from_before_the_server_began_is_refused() {
    String signed = proof("ses_1", "c").signed(TOOL, key);
    clock.advance(Duration.ofSeconds(1));
    callers = new SignedCallers(key, clock, clock::nanoTime);

    assertRefused(signed, "too long ago");
  }

  @Test
  void a_signature_from_the_future_is_refused() {
    String signed =
        new CallerProof("ses_1", "c", clock.millis() + 120_000, nonce()).signed(TOOL, key);

    assertRefused(signed, "future");
  }

  @Test
  void a_signature_never_counts_twice_however_many_came_between() {
    String first = proof("ses_1", "c").signed(TOOL, key);
    identify(arguments(first));
    for (int i = 0; i < 20_000; i++) {
      clock.advance(Duration.ofMillis(1));
      identify(arguments(proof("ses_1", "c").signed(TOOL, key)));
    }

    assertRefused(first, "it is not known any more");
  }

  @Test
  void where_a_clock_that_was_set_back_leaves_no_way_it_is_said_and_not_to_call_again() {
    for (int i = 0; i < 11_000; i++) {
      clock.advance(Duration.ofMillis(100));
      identify(arguments(proof("ses_1", "c").signed(TOOL, key)));
    }

    clock.step(Duration.ofHours(-1));

    assertRefused(
        proof("ses_1", "c").signed(TOOL, key), "clock has been set back: a person can restart");
  }

  @ParameterizedTest
  @ValueSource(ints = {-8, -1, 1, 8})
  void calls_that_are_signed_after_the_clock_was_set_count_as_ever(int hours) {
    clock.advance(Duration.ofMinutes(10));
    identify(arguments(proof("ses_1", "c").signed(TOOL, key)));

    clock.step(Duration.ofHours(hours));
    for (int minute = 0; minute < 90; minute++) {
      clock.advance(Duration.ofMinutes(1));
      assertThat(identify(arguments(proof("ses_1", "c").signed(TOOL, key))).sessionId())
          .isEqualTo("ses_1");
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {-8, -1, 1, 8})
  void a_call_on_its_way_while_the_clock_is_set_counts_once(int hours) {
    clock.advance(Duration.ofMinutes(10));
    String signed = proof("ses_1", "c").signed(TOOL, key);
    clock.advance(Duration.ofSeconds(30));
    clock.step(Duration.ofHours(hours));
    clock.advance(Duration.ofMinutes(20));

    assertThat(identify(arguments(signed)).sessionId()).isEqualTo("ses_1");
    assertRefused(signed, "made before");
  }

  @Test
  void a_clock_that_goes_ahead_and_back_again_is_followed() {
    clock.step(Duration.ofHours(8));
    identify(arguments(proof("ses_1", "c").signed(TOOL, key)));
    clock.advance(Duration.ofMinutes(1));
    clock.step(Duration.ofHours(-8));

    assertThat(identify(arguments(proof("ses_1", "c").signed(TOOL, key))).sessionId())
        .isEqualTo("ses_1");
  }

  @ParameterizedTest
  @ValueSource(ints = {-8, -1, 1, 8})
  void a_signature_that_was_used_does_not_count_again_however_the_clock_is_set(int hours) {
    clock.advance(Duration.ofMinutes(10));
    String signed = proof("ses_1", "c").signed(TOOL, key);
    identify(arguments(signed));

    for (int times = 0; times < 3; times++) {
      clock.step(Duration.ofHours(hours));
      assertRefused(signed, "Refused");
      clock.step(Duration.ofHours(-hours));
      assertRefused(signed, "Refused");
      clock.advance(Duration.ofMinutes(40));
      assertRefused(signed, "Refused");
    }
  }

  @Test
  void a_signature_that_became_too_old_does_not_count_again_when_the_clock_is_set_back() {
    clock.advance(Duration.ofMinutes(10));
    String unused = proof("ses_1", "c").signed(TOOL, key);
    clock.advance(Duration.ofHours(2));
    assertRefused(unused, "too long ago");

    clock.step(Duration.ofMinutes(-119));

    assertRefused(unused, "too long ago");
  }

  @Test
  void version_2_of_opencode_which_signs_nothing_is_named_when_it_calls() {
    CallOrigin second = CallOrigin.of("opencode", "2.0.21", Map.of("sessionID", "ses_1"));

    assertThatThrownBy(
            () -> callers.identify(TOOL, arguments(null), second).toCompletableFuture().join())
        .cause()
        .isInstanceOf(CallerRefusedException.class)
        .hasMessageContaining("This is OpenCode 2")
        .hasMessageContaining("docs/programs.md");
    assertThatThrownBy(() -> identify(arguments(null)))
        .cause()
        .hasMessageNotContaining("OpenCode 2")
        .hasMessageContaining("connect opencode");
  }

  private void assertRefused(String claim, String because) {
    assertThatThrownBy(() -> identify(arguments(claim)))
        .isInstanceOf(CompletionException.class)
        .cause()
        .isInstanceOf(CallerRefusedException.class)
        .hasMessageStartingWith("Refused: ")
        .hasMessageContaining(because);
  }

  private Caller identify(Map<String, Object> arguments) {
    return callers
        .identify(TOOL, arguments, CallOrigin.of("opencode", "1.18.33", null))
        .toCompletableFuture()
        .join();
  }

  private CallerProof proof(String session, String call) {
    return new CallerProof(session, call, clock.millis(), nonce());
  }

  private String nonce() {
    return String.format("%016x", ++nonces);
  }

  private static Map<String, Object> arguments(String claim) {
    Map<String, Object> arguments = new HashMap<>(Map.of("prompt", "hi"));
    if (claim != null) {
      arguments.put(SignedCallers.ARGUMENT, claim);
    }
    return arguments;
  }

  private static final class AdvancingClock extends Clock {
    private Instant now = Instant.parse("2026-11-20T10:00:00Z");
    private long nanos;

    /** Time goes on. */
    void advance(Duration by) {
      now = now.plus(by);
      nanos += by.toNanos();
    }

    /** Somebody sets the clock. */
    void step(Duration by) {
      now = now.plus(by);
    }

    long nanoTime() {
      return nanos;
    }

    @Override
    public Instant instant() {
      return now;
    }

    @Override
    public ZoneId getZone() {
      return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
      return this;
    }
  }
}
