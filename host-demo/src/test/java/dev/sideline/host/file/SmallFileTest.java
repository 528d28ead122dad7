package dev.sideline.host.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

class SmallFileTest {

  private static final int MOST = 1 << 20;

  @TempDir private Path folder;
  private Path file;

  @Test
  void what_has_as_much_as_is_allowed_is_read_and_what_has_more_is_refused_with_its_size()
      throws IOException {
    assertThat(SmallFile.read(file("x".repeat(MOST)))).hasSize(MOST);
    assertThatThrownBy(() -> SmallFile.read(file("x".repeat(MOST + 1))))
        .isInstanceOf(IOException.class)
        .hasMessage("it has 1,048,577 bytes, which is more than 1 MiB");
  }

  @Test
  @DisabledOnOs(value = OS.WINDOWS, disabledReason = "there is no such device")
  void what_has_no_end_is_refused_though_its_size_is_said_to_be_nothing() {
    assertThatThrownBy(() -> SmallFile.read(Path.of("/dev/zero")))
        .isInstanceOf(IOException.class)
        .hasMessage("it has more than 1 MiB");
  }

  @Test
  void what_is_no_text_is_refused() throws IOException {
    file = Files.write(folder.resolve("file"), new byte[] {(byte) 0xc3, 0x28});

    assertThatThrownBy(() -> SmallFile.read(file)).isInstanceOf(CharacterCodingException.class);
  }

  private Path file(String text) throws IOException {
    file = Files.writeString(folder.resolve("file"), text);
    return file;
  }
}
