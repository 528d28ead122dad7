package dev.sideline.host.tasks;

import dev.sideline.host.opencode.OpenCodeRuntime;
import dev.sideline.host.opencode.harness.RealOpenCode;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Tests of tasks on a real OpenCode server, each with a host and a parent session of its own. */
abstract class OnOpenCode {

  @RegisterExtension static final RealOpenCode opencode = RealOpenCode.server();

  TaskHost host;

  /** The session that launches tasks. */
  String parent;

  /** Opens the host; a loss is noticed within seconds, so that it can be waited for. */
  void openHost(String... settings) {
    Map<String, String> all =
        new HashMap<>(
            Map.of("reconcile_seconds", "2", "lost_seconds", "6", "permissions", "parent_once"));
    for (int i = 0; i < settings.length; i += 2) {
      all.put(settings[i], settings[i + 1]);
    }
    host = new TaskHost(OpenCodeRuntime.connect(opencode.options()), all);
    parent = host.newParent();
  }

  @BeforeEach
  void forgetTheScript() {
    opencode.model().reset();
  }

  @AfterEach
  void closeHost() {
    if (host != null) {
      host.close();
    }
    opencode.model().reset();
  }
}
