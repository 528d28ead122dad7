package dev.sideline.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sideline.examples.Documents.Block;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What docs/frameworks.md shows is what is compiled and run here. */
class FrameworksDocTest {

  @Test
  void every_example_is_the_very_file() throws IOException {
    List<Block> files = blocks("file: ");
    assertThat(files).hasSize(2);
    for (Block block : files) {
      assertThat(block.content()).isEqualTo(block.source("file: "));
    }
  }

  @Test
  void every_part_stands_in_the_file_that_is_run() throws IOException {
    List<Block> parts = blocks("part: ");
    assertThat(parts).hasSize(2);
    for (Block block : parts) {
      assertThat(block.isPartOf(block.source("part: "))).as(block.content()).isTrue();
    }
  }

  @Test
  void an_example_is_no_longer_than_a_page() throws IOException {
    for (Block block : blocks("file: ")) {
      assertThat(block.content().lines()).hasSizeLessThanOrEqualTo(40);
    }
  }

  private static List<Block> blocks(String kind) throws IOException {
    return Documents.read("docs/frameworks.md").blocks().stream()
        .filter(block -> block.is(kind))
        .toList();
  }
}
