package dev.sideline.host.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisabledOnOs(OS.WINDOWS) // The paths are those of other systems.
class DataFolderTest {

  @ParameterizedTest
  @CsvSource({
    "/xdg, /home/a, /root, /xdg/sideline",
    "relative, /home/a, /root, /home/a/.local/share/sideline",
    "'', /home/a, /root, /home/a/.local/share/sideline",
    ", /home/a, /root, /home/a/.local/share/sideline",
    ", relative, /root, /root/.local/share/sideline",
    ", , /root, /root/.local/share/sideline",
    ", , ?, ",
    ", '', '', ",
    ", , , ",
  })
  void it_is_where_the_user_says_and_never_relative_to_the_working_directory(
      String xdg, String home, String userHome, String expected) {
    Map<String, String> environment = new HashMap<>();
    if (xdg != null) {
      environment.put("XDG_DATA_HOME", xdg);
    }
    if (home != null) {
      environment.put("HOME", home);
    }

    assertThat(new DataFolder(environment, userHome, "Linux").path())
        .isEqualTo(Optional.ofNullable(expected).map(Path::of));
  }

  @Test
  void on_macos_it_is_in_the_library() {
    assertThat(new DataFolder(Map.of("HOME", "/Users/a"), "/Users/a", "Mac OS X").path())
        .contains(Path.of("/Users/a/Library/Application Support/sideline"));
  }
}
