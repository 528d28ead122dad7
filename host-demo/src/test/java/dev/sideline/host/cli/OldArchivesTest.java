package dev.sideline.host.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OldArchivesTest {

  @TempDir private Path folder;

  @Test
  void what_is_of_a_jar_or_a_jdk_that_is_gone_goes_and_the_rest_stays() throws IOException {
    Path jar = Files.writeString(folder.resolve("a jar"), "");
    Path jdk = Files.createDirectory(folder.resolve("jdk"));
    Path archives = Files.createDirectory(folder.resolve("startup"));
    archive(archives, "1.jsa", jar, jdk);
    archive(archives, "2.jsa", folder.resolve("gone"), jdk);
    archive(archives, "3.jsa", jar, folder.resolve("gone"));
    Files.writeString(archives.resolve("4.jsa.of"), "something else\n");
    Files.writeString(archives.resolve("new1.jsa"), "");
    FileTime past = FileTime.from(Instant.now().minus(Duration.ofHours(2)));
    Files.setLastModifiedTime(Files.writeString(archives.resolve("new2.jsa"), ""), past);

    OldArchives.deleteIn(archives);

    assertThat(names(archives)).containsExactly("1.jsa", "1.jsa.of", "4.jsa.of", "new1.jsa");
  }

  @Test
  void a_folder_that_is_not_there_is_no_reason_to_fail() {
    OldArchives.deleteIn(folder.resolve("none"));

    assertThat(folder).isEmptyDirectory();
  }

  private static void archive(Path folder, String name, Path jar, Path jdk) throws IOException {
    Files.writeString(folder.resolve(name), "classes");
    Files.writeString(
        folder.resolve(name + ".of"),
        "jar " + jar + "\nsize 3\njdk " + jdk + "\nJAVA_VERSION=17\n");
  }

  private static List<String> names(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }
}
