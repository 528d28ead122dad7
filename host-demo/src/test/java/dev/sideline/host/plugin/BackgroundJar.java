package dev.sideline.host.plugin;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The built plugin jar, where the host's own build puts it, and how its tools are used. */
final class BackgroundJar {

  static final Path FOLDER = Path.of("target", "plugins").toAbsolutePath();
  static final Path JAR = FOLDER.resolve("sideline-plugin-background.jar");
  static final String ID = "sideline-background";

  static final String LAUNCH =
      "{\"description\":\"count the files\",\"prompt\":\"How many files?\",\"agent\":\"worker\"}";

  private static final Pattern TASK_ID = Pattern.compile("\\bbg_[A-Za-z0-9_-]+");

  private BackgroundJar() {}

  /** The id of the task that a launch has answered with. */
  static String taskId(String launched) {
    Matcher id = TASK_ID.matcher(launched);
    assertThat(id.find()).as("a task id in: %s", launched).isTrue();
    return id.group();
  }

  /** Arguments of a background_output that waits. */
  static String output(String taskId) {
    return "{\"task_id\":\"" + taskId + "\",\"wait\":\"any\",\"timeout_seconds\":30}";
  }
}
