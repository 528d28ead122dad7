package dev.sideline.host.mcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
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
}
