package dev.sideline.host.cli;

import dev.sideline.host.SessionRuntime;
import dev.sideline.host.file.FileProblem;
import dev.sideline.host.file.OwnFiles;
import dev.sideline.host.plugin.PluginHost;
import dev.sideline.host.plugin.PluginProblem;
import dev.sideline.host.record.DataDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Looks at what this program itself consists of and needs. Changes nothing. */
final class HostCheckup {

  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm", Locale.ROOT);

  private final CommonOptions options;

  HostCheckup(CommonOptions options) {
    this.options = options;
  }

  List<Finding> look() {
    List<Finding> found = new ArrayList<>();
    found.add(program());
    found.add(java());
    found.add(dataFolder());
    options.dataDirectory().ifPresent(folder -> found.add(owner(folder)));
    found.add(archive());
    found.addAll(plugins());
    return found;
  }

  private static Finding program() {
    return Finding.ok(
        "sideline",
        SidelineCommand.Version.number()
            + ", "
            + ServerCommand.jar().map(Path::toString).orElse("which runs from no jar"));
  }

  private static Finding java() {
    return Finding.ok(
        "java",
        Runtime.version()
            + " ("
            + System.getProperty("java.vendor")
            + "), "
            + System.getProperty("java.home"));
  }

  private Finding dataFolder() {
    Optional<Path> folder = options.dataDirectory();
    if (folder.isEmpty()) {
      return Finding.todo(
          "data folder", "there is none of yours, as $HOME names none; name one with --data");
    }
    Path path = folder.get();
    Path there = path;
    while (there.getParent() != null && !Files.exists(there)) {
      there = there.getParent();
    }
    if (!Files.isDirectory(there)) {
      return Finding.todo(
          "data folder",
          path + " cannot be made: " + there + " is no folder; name another (--data)");
    }
    if (!Files.isWritable(there)) {
      return Finding.todo(
          "data folder", there + " cannot be written; change that, or name another with --data");
    }
    return there.equals(path)
        ? Finding.ok("data folder", path.toString())
        : Finding.note("data folder", path + " is made when it is needed");
  }

  private static Finding owner(Path folder) {
    return DataDirectory.owner(folder)
        .map(owner -> Finding.ok("owner", owner.describe() + " has the data folder"))
        .orElseGet(() -> Finding.note("owner", "no process has the data folder now"));
  }

  private Finding archive() {
    Optional<ClassArchive> archive =
        options
            .dataDirectory()
            .flatMap(data -> ServerCommand.jar().map(jar -> ClassArchive.in(data, jar)));
    return archive
        .map(HostCheckup::lookAt)
        .orElseGet(
            () -> Finding.note("fast start", "this program runs from no jar, or keeps none"));
  }

  private static Finding lookAt(ClassArchive archive) {
    try {
      if (Files.exists(archive.folder(), LinkOption.NOFOLLOW_LINKS)) {
        OwnFiles.requireOwnFolder(archive.folder());
      }
      if (archive.fits()) {
        return Finding.ok("fast start", archive.file() + ", made " + time(archive.file()));
      }
      if (Files.exists(archive.file())) {
        return Finding.note(
            "fast start",
            archive.file()
                + ", made "
                + time(archive.file())
                + " for this jar or JDK as they were then; the next start by 'sideline', or"
                + " 'connect', makes it anew");
      }
      return archive.wasTried()
          ? Finding.todo(
              "fast start",
              "this JDK could not make an archive of the classes, and so every start takes longer;"
                  + " delete "
                  + archive.note()
                  + " to have it tried again")
          : Finding.note(
              "fast start", "no archive yet; the next start by 'sideline', or 'connect', makes it");
    } catch (IOException e) {
      return Finding.todo(
          "fast start", FileProblem.words(e) + "; until that is changed, every start takes longer");
    }
  }

  private static String time(Path file) throws IOException {
    Instant made = Files.getLastModifiedTime(file).toInstant();
    return TIME.format(made.atZone(ZoneId.systemDefault()));
  }

  private List<Finding> plugins() {
    List<Finding> found = new ArrayList<>();
    try (SessionRuntime runtime = Runtimes.embedded(options, null);
        PluginHost plugins =
            new PluginHost(
                options.pluginDirectory(),
                runtime.sessions(),
                HostConfiguration.of(options.configFile()).settings(),
                null,
                Clock.systemUTC(),
                event -> {})) {
      plugins
          .plugins()
          .forEach(
              (id, version) ->
                  found.add(
                      Finding.ok(
                          "plugin", id + " " + version + " in " + options.pluginDirectory())));
      for (PluginProblem problem : plugins.problems()) {
        found.add(Finding.todo("plugin", problem.toString()));
      }
      if (plugins.tools().isEmpty()) {
        found.add(Finding.todo("plugin", "none offers a tool; --plugins names their folder"));
      }
    } catch (CommandFailedException e) { // Of the configuration, which is named in it.
      found.add(Finding.todo("configuration", String.valueOf(e.getMessage())));
    }
    return found;
  }
}
