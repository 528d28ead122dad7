package dev.sideline.background.rights;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WorkingDirectoriesTest {

  @TempDir Path root;

  private Path project;
  private Path other;

  @BeforeEach
  void makeFolders() throws IOException {
    root = root.toRealPath();
    project = Files.createDirectories(root.resolve("project/part")).getParent();
    other = Files.createDirectories(root.resolve("other/deep")).getParent();
  }

  private WorkingDirectories.Decision decide(String wish, String... listed) {
    return new WorkingDirectories(List.of(listed)).decide(wish, project.toString());
  }

  @Test
  void where_the_parent_works_is_allowed_however_it_is_written() throws IOException {
    Files.createSymbolicLink(root.resolve("link"), project);

    for (String wish : List.of(project.toString(), ".", "part/..", root.resolve("link") + "/")) {
      assertThat(decide(wish)).as(wish).isEqualTo(new WorkingDirectories.Decision(null, null));
    }
  }

  @Test
  void elsewhere_is_refused_unless_the_operator_has_listed_it() {
    assertThat(decide(other.toString()).refusal()).isEqualTo("tasks work where you do");
    assertThat(decide("part").refusal()).isEqualTo("tasks work where you do");
    assertThat(decide(other.toString(), other.toString()).path()).isEqualTo(other.toString());
    assertThat(decide(other + "/deep", other.toString()).path()).isEqualTo(other + "/deep");
    assertThat(decide("part", ".").path()).isEqualTo(project.resolve("part").toString());
    assertThat(decide("../other", "../other").path()).isEqualTo(other.toString());
  }

  @Test
  void a_way_out_of_a_listed_folder_leads_nowhere() throws IOException {
    Files.createSymbolicLink(project.resolve("out"), other);

    assertThat(decide("out", ".").refusal()).contains("no such folder among those");
    assertThat(decide("part/../../other", ".").refusal()).contains("no such folder among those");
    assertThat(decide(other + "-not", other.toString()).refusal()).isNotNull();
  }

  @Test
  void nothing_is_said_of_what_there_is_elsewhere() {
    assertThat(decide("/etc", ".").refusal()).isEqualTo(decide("/etc-not-there", ".").refusal());
  }

  @Test
  void a_file_and_what_is_no_path_are_refused() throws IOException {
    Files.writeString(project.resolve("file"), "x");

    assertThat(decide("file", ".").refusal()).isEqualTo("that is not a folder");
    assertThat(decide("a\0b", ".").refusal()).contains("no path");
  }

  @Test
  void a_parent_that_works_in_what_is_no_path_here_counts_as_one_that_works_nowhere() {
    WorkingDirectories directories = new WorkingDirectories(List.of(other.toString()));

    assertThat(directories.decide("deep", "a\0b").refusal()).contains("does not say from where");
    assertThat(directories.decide(other + "/deep", "a\0b").path()).isEqualTo(other + "/deep");
  }

  @Test
  void without_a_place_to_count_from_only_absolute_paths_are_understood() {
    WorkingDirectories directories = new WorkingDirectories(List.of(other.toString(), "."));

    assertThat(directories.decide("deep", null).refusal()).contains("does not say from where");
    assertThat(directories.decide(other + "/deep", null).path()).isEqualTo(other + "/deep");
  }
}
