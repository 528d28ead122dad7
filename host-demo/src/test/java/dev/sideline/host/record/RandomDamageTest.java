package dev.sideline.host.record;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sideline.host.record.RecordException.Problem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A database with a log, spoilt in one place or many, again and again. Whatever comes of it is said
 * in words, and what can be mended can be used.
 */
class RandomDamageTest {

  private static final int ROUNDS = 25;
  private static final int COMMITS = 30;
  private static final long ROWS = 500;
  private static final long ALL = ROWS + COMMITS;

  @TempDir private static Path temporary;

  private static byte[] database;
  private static byte[] log;

  @TempDir private Path folder;

  @BeforeAll
  static void record() throws Exception {
    Path folder = temporary.resolve("data");
    Records.inDatabase(folder, (int) ROWS);
    Records.moreInLog(folder, COMMITS);
    database = Files.readAllBytes(folder.resolve("tasks.db"));
    log = Files.readAllBytes(folder.resolve("tasks.db-wal"));
    assertThat(log.length).isGreaterThan(COMMITS * 4096);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  void whatever_is_spoilt_is_said_or_costs_nothing_that_was_told_to_be_there(long seed)
      throws Exception {
    Random random = new Random(seed);
    int whole = 0;
    int mended = 0;
    for (int i = 0; i < ROUNDS; i++) {
      boolean inLog = random.nextInt(3) == 0;
      Path data =
          put(i, inLog ? database : spoilt(database, random), inLog ? spoilt(log, random) : log);
      long found = count(data);
      if (found >= 0) {
        // A log that ends too soon is what a loss of power leaves.
        assertThat(found).as("seed %s, round %s", seed, i).isBetween(inLog ? ROWS : ALL, ALL);
        whole++;
        continue;
      }
      try {
        new DataCheck(data, "1.0").repair();
      } catch (RecordException e) {
        assertThat(e.problem()).isIn(Problem.DAMAGED, Problem.FOREIGN);
        continue;
      }
      mended++;
      assertThat(count(data)).as("seed %s, round %s", seed, i).isNotNegative();
    }
    assertThat(whole).isPositive();
    assertThat(mended).isPositive();
  }

  /** How many rows there are; -1 if it is refused. */
  private static long count(Path data) throws Exception {
    try (DataDirectory directory = DataDirectory.claim(data, "1.0")) {
      return Records.count(directory.database("tasks"));
    } catch (RecordException e) {
      assertThat(e.problem()).isIn(Problem.DAMAGED, Problem.FOREIGN);
      return -1;
    }
  }

  private Path put(int round, byte[] database, byte[] log) throws IOException {
    Path data = Files.createDirectory(folder.resolve("data-" + round));
    Files.write(data.resolve("tasks.db"), database);
    Files.write(data.resolve("tasks.db-wal"), log);
    return data;
  }

  private static byte[] spoilt(byte[] sound, Random random) {
    byte[] spoilt = sound.clone();
    int places = 1 + random.nextInt(3);
    for (int i = 0; i < places; i++) {
      int at = random.nextInt(spoilt.length);
      int end = Math.min(spoilt.length, at + 1 + random.nextInt(3000));
      switch (random.nextInt(4)) {
        case 0 -> spoilt[at] ^= (byte) (1 << random.nextInt(8));
        case 1 -> Arrays.fill(spoilt, at, end, (byte) 0);
        case 2 -> {
          byte[] noise = new byte[end - at];
          random.nextBytes(noise);
          System.arraycopy(noise, 0, spoilt, at, noise.length);
        }
        default -> spoilt = Arrays.copyOf(spoilt, Math.max(200, at));
      }
    }
    return spoilt;
  }
}
