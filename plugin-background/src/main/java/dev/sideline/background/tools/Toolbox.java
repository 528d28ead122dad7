package dev.sideline.background.tools;

import dev.sideline.api.Tool;
import dev.sideline.background.runtime.BackgroundRuntime;
import dev.sideline.background.settings.Settings;
import dev.sideline.background.text.Fence;
import dev.sideline.background.text.Promise;
import dev.sideline.background.text.TaskText;
import dev.sideline.background.text.TranscriptText;
import java.util.List;

/** Makes the tools, and holds what they share. */
public final class Toolbox {

  private final BackgroundRuntime runtime;
  private final Settings settings;
  private final Json json;
  private final Fence fence = new Fence();
  private final TaskText text;
  private final TranscriptText transcripts = new TranscriptText(fence);

  public Toolbox(BackgroundRuntime runtime, Settings settings) {
    this.runtime = runtime;
    this.settings = settings;
    this.text = new TaskText(fence, runtime.deciders());
    // A prompt may be over its limit, so that it is refused for that and by its name.
    this.json = new Json(2 * settings.texts().maxPrompt() + 10_000);
  }

  /** The tools, in the order in which a model is shown them. */
  public List<Tool> tools() {
    return List.of(
        new LaunchTool(this),
        new OutputTool(this),
        new CancelTool(this),
        new SendTool(this),
        new ListTool(this),
        new ClearTool(this));
  }

  BackgroundRuntime runtime() {
    return runtime;
  }

  Settings settings() {
    return settings;
  }

  Json json() {
    return json;
  }

  TaskText text() {
    return text;
  }

  TranscriptText transcripts() {
    return transcripts;
  }

  /** What a session is promised about the end of its tasks. */
  Promise promise(String session) {
    return Promise.of(runtime.reach(session));
  }

  /** The same, as far as it can be said of all sessions. */
  Promise usualPromise() {
    return Promise.of(runtime.usualReach());
  }

  /** The time that tasks go by. */
  long now() {
    return runtime.nowMillis();
  }

  /** What the host's clock shows, by which it tells the times of messages; in epoch millis. */
  long hostNow() {
    return runtime.wallMillis(now());
  }
}
