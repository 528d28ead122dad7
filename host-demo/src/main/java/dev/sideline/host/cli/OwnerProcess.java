package dev.sideline.host.cli;

import dev.sideline.host.file.FileProblem;
import dev.sideline.host.owner.Attachment;
import dev.sideline.host.owner.OwnerRefusedException;
import dev.sideline.host.process.ChildEnvironment;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * An owner of the data folder, started by a client that has found none: a process that is nobody's
 * child, with a session of its own, and no part of the task whose command the client may be, so
 * that whatever ends the client or the task does not end it.
 *
 * @param words the client's command line, whose plugins and settings it begins with
 * @param data the folder
 * @param console of the client
 */
record OwnerProcess(CommandWords words, Path data, Console console) implements Attachment.Start {

  /** What it says when it listens, or another does. */
  static final String READY = "ready";

  /** What it says before that, as soon as it is there at all. */
  static final String BEGINS = "begins";

  /** How long it stays when there is nothing for it to do. */
  private static final String IDLE_SECONDS = "60";

  private static final Path SHELL = Path.of("/bin/sh");
  private static final List<Path> OWN_SESSION =
      List.of(Path.of("/usr/bin/setsid"), Path.of("/bin/setsid"));

  /**
   * Whoever has started the owner goes at once, so that it is nobody's child. The shell itself
   * stays for as long as it is waited for: Java hears no more of a process that has ended. Where
   * this command is part of a task, its limit for file locks says so, and is taken back.
   */
  private static final String SCRIPT =
      """
      { locks=$(prlimit --pid $$ --locks --raw --noheadings --output HARD) &&
        prlimit --pid $$ --locks="$locks:"; } 2>/dev/null
      { "$@" </dev/null & } | {
        while IFS= read -r line; do
          printf '%s\\n' "$line"
          [ "$line" = ready ] && break
        done
      }
      """;

  @Override
  public boolean owner() throws IOException, InterruptedException {
    ProcessBuilder builder =
        new ProcessBuilder(command())
            .directory(data.toFile())
            .redirectError(ProcessBuilder.Redirect.appendTo(log()));
    ChildEnvironment.unmark(builder.environment());
    Process process = builder.start();
    process.getOutputStream().close();
    try (BufferedReader said =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
      String first = said.readLine();
      boolean begun = BEGINS.equals(first);
      if (begun) {
        first = said.readLine();
      }
      if (READY.equals(first)) {
        return true;
      }
      if (first == null) {
        return begun; // If it has, it was killed: it would have said what kept it from going on.
      }
      String all = first + said.lines().map(line -> "\n" + line).collect(Collectors.joining());
      throw new OwnerRefusedException(all.strip());
    }
  }

  private File log() {
    return data.resolve(OwnerLog.NAME).toFile();
  }

  private List<String> command() {
    List<String> command = new ArrayList<>();
    if (Files.isExecutable(SHELL)) {
      command.addAll(List.of(SHELL.toString(), "-c", SCRIPT, "sideline-serve"));
      OWN_SESSION.stream()
          .filter(Files::isExecutable)
          .findFirst()
          .ifPresent(program -> command.add(program.toString()));
    }
    command.addAll(ServerCommand.longLived(data));
    command.addAll(
        List.of(
            "serve",
            ServeCommand.FOR_CLIENT,
            "--idle-exit",
            IDLE_SECONDS,
            "--data",
            data.toString()));
    add(command, "--plugins", words.plugins());
    String config = words.config();
    // What only this process can read, such as a pipe, is nothing to begin with.
    if (config != null && Files.isRegularFile(console.surroundings().resolve(Path.of(config)))) {
      add(command, "--config", config);
    }
    return command;
  }

  private void add(List<String> command, String option, @Nullable String named) {
    if (named != null) {
      command.add(option);
      command.add(console.surroundings().resolve(Path.of(named)).toString());
    }
  }

  /** Why a problem with files kept it from starting, in words. */
  static String words(IOException problem) {
    return FileProblem.words(problem);
  }
}
