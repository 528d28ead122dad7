package dev.sideline.host.cli;

import dev.sideline.host.Barrier;
import dev.sideline.host.DaemonThreads;
import dev.sideline.host.connect.AgentProgram;
import dev.sideline.host.opencode.OpenCode2;
import dev.sideline.host.opencode.OpenCodeOptions;
import dev.sideline.host.opencode.ServerIdentity;
import java.net.URI;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import org.jspecify.annotations.Nullable;

/** Looks at the programs whose agents can be given the tools. Changes nothing. */
final class ProgramCheckup {

  /** What they are called on the path, and by people. */
  private static final Map<String, String> PROGRAMS = new LinkedHashMap<>();

  static {
    AgentProgram.all().forEach(program -> PROGRAMS.put(program.name(), program.title()));
    PROGRAMS.put("opencode", "OpenCode");
  }

  private final CommonOptions options;

  ProgramCheckup(CommonOptions options) {
    this.options = options;
  }

  /** All of them at once, as each takes its time. */
  List<Finding> look() {
    ExecutorService threads = DaemonThreads.onDemand("sideline-doctor");
    try {
      Map<String, CompletableFuture<List<Finding>>> asked = new LinkedHashMap<>();
      for (String name : PROGRAMS.keySet()) {
        CompletableFuture<List<Finding>> findings = new CompletableFuture<>();
        asked.put(name, findings);
        threads.execute(
            () ->
                Barrier.run(
                    "Asking " + name,
                    () -> findings.complete(all(name)),
                    thrown ->
                        findings.complete(List.of(Finding.note(name, Barrier.describe(thrown))))));
      }
      List<Finding> found = new ArrayList<>();
      asked.forEach((name, findings) -> found.addAll(findings.join()));
      server().ifPresent(found::add);
      return found;
    } finally {
      DaemonThreads.end(threads);
    }
  }

  private List<Finding> all(String name) {
    InstalledProgram program = InstalledProgram.look(name).orElse(null);
    List<Finding> found = new ArrayList<>();
    found.add(installed(name, program));
    found.addAll(new ConnectionCheckup(options).look(name, program != null));
    return found;
  }

  private static Finding installed(String name, @Nullable InstalledProgram program) {
    if (program == null) {
      return Finding.note(name, PROGRAMS.get(name) + " is not on the path");
    }
    if (!program.problem().isEmpty()) {
      return Finding.note(name, program.file() + " does not say its version: " + program.problem());
    }
    if (name.equals("opencode") && OpenCode2.isVersion(program.version())) {
      return Finding.note(name, program.file() + ": " + OpenCode2.words(program.version()));
    }
    return Finding.ok(name, program.version() + ", " + program.file());
  }

  private Optional<Finding> server() {
    URI named = options.openCodeUrl;
    if (named == null) {
      return Optional.empty();
    }
    String what = "opencode server";
    try {
      ServerIdentity found =
          ServerIdentity.ask(OpenCodeOptions.of(named, options.surroundings().environment()));
      return Optional.of(
          found
              .problem()
              .map(problem -> Finding.todo(what, named + ": " + problem))
              .orElseGet(() -> Finding.ok(what, found.detail() + ", " + named)));
    } catch (IllegalArgumentException e) {
      return Optional.of(Finding.todo(what, "--opencode-url: " + e.getMessage()));
    }
  }
}
