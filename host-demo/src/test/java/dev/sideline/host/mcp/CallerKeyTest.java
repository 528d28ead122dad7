package dev.sideline.host.mcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Collections;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CallerKeyTest {

  @TempDir private Path directory;

  @Test
  @DisabledOnOs(OS.WINDOWS)
  void only_its_owner_may_read_a_new_key_and_the_directory_made_for_it() throws IOException {
    Path file = directory.resolve("keys/a.key");

    CallerKey.readOrCreate(file);

    assertThat(Files.getPosixFilePermissions(file))
        .isEqualTo(PosixFilePermissions.fromString("rw-------"));
    assertThat(Files.getPosixFilePermissions(file.getParent()))
        .isEqualTo(PosixFilePermissions.fromString("rwx------"));
  }

  @Test
  void a_key_that_exists_is_kept() throws IOException {
    Path file = directory.resolve("a.key");
    byte[] signature = CallerKey.readOrCreate(file).sign("x");

    assertThat(CallerKey.readOrCreate(file).sign("x")).isEqualTo(signature);
    assertThat(CallerKey.read(file).sign("x")).isEqualTo(signature);
  }

  @Test
  void two_keys_differ() throws IOException {
    assertThat(CallerKey.readOrCreate(directory.resolve("a")).sign("x"))
        .isNotEqualTo(CallerKey.readOrCreate(directory.resolve("b")).sign("x"));
  }

  @Test
  @DisabledOnOs(OS.WINDOWS)
  void a_key_that_others_may_read_is_refused() throws IOException {
    Path file = directory.resolve("a.key");
    CallerKey.readOrCreate(file);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-----"));

    assertThatThrownBy(() -> CallerKey.read(file))
        .isInstanceOf(IOException.class)
        .hasMessageContaining(file.toString())
        .hasMessageContaining("GROUP_READ");
  }

  @Test
  void a_missing_key_is_named_with_what_to_do() {
    assertThatThrownBy(() -> CallerKey.read(directory.resolve("none")))
        .hasMessageContaining("none")
        .hasMessageContaining("connect opencode");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "abc", "zz", "\u00e9"})
  void a_damaged_key_is_refused_without_being_shown(String text) throws IOException {
    Path file = directory.resolve("a.key");
    CallerKey.readOrCreate(file);
    Files.writeString(file, text);

    assertThatThrownBy(() -> CallerKey.read(file))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("64 hexadecimal digits");
  }

  @Test
  void many_that_make_a_key_at_once_all_have_the_same() throws Exception {
    int makers = 16;
    ExecutorService threads = Executors.newFixedThreadPool(makers);
    try {
      for (int round = 0; round < 20; round++) {
        Path file = directory.resolve("keys-" + round).resolve("a.key");
        CyclicBarrier start = new CyclicBarrier(makers);
        Set<String> signatures = new HashSet<>();
        for (Future<byte[]> made :
            threads.invokeAll(
                Collections.<Callable<byte[]>>nCopies(
                    makers,
                    () -> {
                      start.await();
                      return CallerKey.readOrCreate(file).sign("x");
                    }))) {
          signatures.add(HexFormat.of().formatHex(made.get()));
        }
        assertThat(signatures).hasSize(1);
        assertThat(file.getParent()).isDirectoryNotContaining("glob:**.new");
      }
    } finally {
      threads.shutdownNow();
      assertThat(threads.awaitTermination(10, TimeUnit.SECONDS)).isTrue();
    }
  }

  @Test
  @DisabledOnOs(OS.WINDOWS)
  void a_disk_without_room_leaves_no_key_and_a_later_try_makes_one() throws Exception {
    Path file = directory.resolve("a.key");
    Process process =
        new ProcessBuilder(
                "sh",
                "-c",
                "ulimit -f 0 && exec \"$0\" -XX:-UsePerfData -cp \"$1\" \"$2\" \"$3\"",
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                System.getProperty("java.class.path"),
                KeyMakerMain.class.getName(),
                file.toString())
            .redirectErrorStream(true)
            .start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

    assertThat(process.waitFor()).as(said).isEqualTo(3);
    assertThat(directory).isEmptyDirectory();
    assertThat(CallerKey.readOrCreate(file).sign("x")).hasSize(32);
  }

  @Test
  @DisabledOnOs(OS.WINDOWS)
  void a_link_to_a_key_is_refused() throws IOException {
    Path real = directory.resolve("a.key");
    CallerKey.readOrCreate(real);
    Path link = Files.createSymbolicLink(directory.resolve("b.key"), real);
    Path dangling = Files.createSymbolicLink(directory.resolve("c.key"), Path.of("nowhere"));

    for (Path file : List.of(link, dangling)) {
      assertThatThrownBy(() -> CallerKey.readOrCreate(file))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("is a link");
    }
    assertThat(directory.resolve("nowhere")).doesNotExist();
  }

  @Test
  void what_is_no_file_is_refused() {
    assertThatThrownBy(() -> CallerKey.read(directory))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("is no file");
  }

  @Test
  @DisabledOnOs(OS.WINDOWS)
  void a_key_of_another_user_is_refused() throws IOException {
    Path file = directory.resolve("a.key");
    CallerKey.readOrCreate(file);
    try {
      Files.setAttribute(file, "unix:uid", 4242);
    } catch (FileSystemException e) {
      assumeTrue(false, "only root can give a file away");
    }

    assertThatThrownBy(() -> CallerKey.read(file))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("another user, 4242");
  }
}
