package dev.sideline.host.opencode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class LargeAnswersTest {

  private static final int SMALL = 100;
  private static final int LARGE = 1_000;

  private final LargeAnswers answers = new LargeAnswers(1, SMALL);
  private final ExecutorService thread = Executors.newSingleThreadExecutor();

  @AfterEach
  void end() {
    thread.shutdownNow();
  }

  @Test
  void a_large_answer_waits_until_those_before_it_are_done_with() throws Exception {
    CountDownLatch asked = new CountDownLatch(1);
    Future<Integer> second;
    try (LargeAnswers.Reading first = reading(LARGE, () -> false)) {
      assertThat(first.stream().readAllBytes()).hasSize(LARGE);
      first.stream().close();
      second = thread.submit(() -> readAll(LARGE, () -> noted(asked)));
      assertThat(asked.await(30, TimeUnit.SECONDS)).isTrue();
      assertThat(second).isNotDone();
    }
    assertThat(second.get(30, TimeUnit.SECONDS)).isEqualTo(LARGE);
    assertThat(readAll(LARGE, () -> true)).isEqualTo(LARGE);
  }

  @Test
  void small_answers_wait_for_nobody() throws IOException {
    try (LargeAnswers.Reading first = reading(LARGE, () -> false)) {
      assertThat(first.stream().readAllBytes()).hasSize(LARGE);
      assertThat(readAll(SMALL - 1, () -> true)).isEqualTo(SMALL - 1);
    }
  }

  @Test
  void who_is_given_up_waits_no_longer() throws IOException {
    try (LargeAnswers.Reading first = reading(LARGE, () -> false)) {
      assertThat(first.stream().readAllBytes()).hasSize(LARGE);
      assertThatThrownBy(() -> readAll(LARGE, () -> true)).isInstanceOf(IOException.class);
    }
    assertThat(readAll(LARGE, () -> true)).isEqualTo(LARGE);
  }

  private int readAll(int bytes, BooleanSupplier givenUp) throws IOException {
    try (LargeAnswers.Reading reading = reading(bytes, givenUp)) {
      return reading.stream().readAllBytes().length;
    }
  }

  private LargeAnswers.Reading reading(int bytes, BooleanSupplier givenUp) {
    // As from a network: not all at once.
    InputStream slow =
        new ByteArrayInputStream(new byte[bytes]) {
          @Override
          public synchronized int read(byte[] buffer, int offset, int length) {
            return super.read(buffer, offset, Math.min(length, SMALL / 2));
          }
        };
    return answers.reading(slow, givenUp);
  }

  private static boolean noted(CountDownLatch asked) {
    asked.countDown();
    return false;
  }
}
