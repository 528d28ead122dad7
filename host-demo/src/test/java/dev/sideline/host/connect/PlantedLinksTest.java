package dev.sideline.host.connect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A repository keeps links, and whoever clones it has them. */
@DisabledOnOs(OS.WINDOWS)
class PlantedLinksTest {

  private static final List<String> COMMAND = List.of("/jdk/bin/java", "-jar", "/x/host.jar");

  @TempDir private Path home;
  private Path directory;
  private Path secret;
  private OpenCodeProject project;

  @BeforeEach
  void start() throws IOException {
    directory = Files.createDirectory(home.resolve("project"));
    secret = Files.writeString(home.resolve("authorized_keys"), "ssh-ed25519 AAAA");
    Files.setPosixFilePermissions(secret, PosixFilePermissions.fromString("rw-------"));
    project =
        new OpenCodeProject(
            directory, home.resolve("keys/project.key"), new Originals(home.resolve("connected")));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        ".opencode.json.sideline-new",
        ".opencode/plugin/.sideline.js.sideline-new",
        ".opencode.json.new",
        "opencode.json.tmp"
      })
  void a_link_of_a_name_that_could_be_a_temporary_files_is_not_written_through(String name)
      throws IOException {
    Path link = directory.resolve(name);
    Files.createDirectories(link.getParent());
    Files.createSymbolicLink(link, secret);

    project.connect(COMMAND);
    project.disconnect();

    assertThat(secret).hasContent("ssh-ed25519 AAAA");
    assertThat(Files.getPosixFilePermissions(secret))
        .isEqualTo(PosixFilePermissions.fromString("rw-------"));
    assertThat(link).isSymbolicLink();
  }

  @ParameterizedTest
  @ValueSource(strings = {"opencode.json", "opencode.jsonc", ".opencode/plugin/sideline.js"})
  void a_file_that_is_a_link_out_of_the_project_is_refused(String name) throws IOException {
    Path elsewhere = Files.writeString(home.resolve("elsewhere"), "{}");
    plant(name, elsewhere);
    assertRefused(name, elsewhere.toString());
  }

  @ParameterizedTest
  @ValueSource(strings = {".opencode", ".opencode/plugin"})
  void a_folder_that_is_a_link_out_of_the_project_is_refused(String name) throws IOException {
    Path elsewhere = Files.createDirectory(home.resolve("elsewhere"));
    plant(name, elsewhere);
    assertRefused(name, elsewhere.toString());
  }

  @ParameterizedTest
  @ValueSource(strings = {"opencode.json", ".opencode", ".opencode/plugin/sideline.js"})
  void a_link_to_what_does_not_exist_is_refused(String name) throws IOException {
    Path nowhere = home.resolve("nowhere");
    plant(name, nowhere);
    assertRefused(name, nowhere.toString());
    assertThat(nowhere).doesNotExist();
  }

  @Test
  void a_link_that_goes_out_and_is_relative_is_refused() throws IOException {
    Files.createDirectory(home.resolve("elsewhere"));
    Files.createSymbolicLink(directory.resolve(".opencode"), Path.of("../elsewhere"));
    assertRefused(".opencode", "../elsewhere");
  }

  @Test
  void links_within_the_project_are_followed_and_stay() throws IOException {
    Path shared = Files.createDirectories(directory.resolve("shared/agents")).getParent();
    Path real = Files.writeString(shared.resolve("opencode.json"), "{\n  \"model\": \"a/b\"\n}");
    plant("opencode.json", Path.of("shared/opencode.json"));
    plant(".opencode", Path.of("shared/agents"));

    project.connect(COMMAND);

    assertThat(real).content().contains("sideline");
    assertThat(shared.resolve("agents/plugin/sideline.js")).isRegularFile();
    project.disconnect();
    assertThat(directory.resolve("opencode.json")).isSymbolicLink();
    assertThat(directory.resolve(".opencode")).isSymbolicLink();
    assertThat(real).hasContent("{\n  \"model\": \"a/b\"\n}");
  }

  private void plant(String name, Path target) throws IOException {
    Path link = directory.resolve(name);
    Files.createDirectories(link.getParent());
    Files.createSymbolicLink(link, target);
  }

  private void assertRefused(String name, String target) throws IOException {
    Map<Path, String> before = files();

    assertThatThrownBy(() -> project.connect(COMMAND))
        .isInstanceOf(ConnectException.class)
        .hasMessageContaining(name)
        .hasMessageContaining(target);
    assertThatThrownBy(() -> project.disconnect()).isInstanceOf(ConnectException.class);

    assertThat(files()).isEqualTo(before);
  }

  private Map<Path, String> files() throws IOException {
    Map<Path, String> found = new TreeMap<>();
    try (Stream<Path> all = Files.walk(home)) {
      for (Path file : all.toList()) {
        found.put(file, Files.isRegularFile(file) ? Files.readString(file) : "");
      }
    }
    return found;
  }
}
