package dev.sideline.host.connect;

import dev.sideline.host.connect.FileChange.Kind;
import dev.sideline.host.connect.Originals.Kept;
import dev.sideline.host.file.FileProblem;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The files of a configuration with ours in them. All changes are worked out in memory before the
 * first is made; whoever has them made takes back what was made if not all can be.
 */
final class Connection {

  private final List<ConfigFile> files;
  private final Originals originals;

  Connection(List<ConfigFile> files, Originals originals) {
    this.files = List.copyOf(files);
    this.originals = originals;
  }

  List<ConfigFile> files() {
    return files;
  }

  /**
   * Puts ours into all files.
   *
   * @param undo is told how to take it back
   * @return what was done; nothing for files that are as they have to be
   * @throws ConnectException if something of somebody else's is in the way; nothing was changed
   *     then
   */
  List<FileChange> connect(Undo undo) throws IOException {
    List<FileEdit> plan = new ArrayList<>();
    List<Kept> kept = new ArrayList<>();
    for (ConfigFile file : files) {
      FoundFile found = file.find();
      String after = connected(found);
      FileEdit edit = new FileEdit(found, after, found.text() == null ? Kind.MADE : Kind.CHANGED);
      if (edit.changesSomething()) {
        found.requireWritable();
        plan.add(edit);
        kept.add(toKeep(found, after));
      }
    }
    for (int i = 0; i < plan.size(); i++) {
      FileEdit edit = plan.get(i);
      List<Path> made = edit.makeFolders(undo);
      originals.keep(edit.found().place(), kept.get(i).withFolders(made), undo);
      edit.make(undo);
    }
    return plan.stream().map(FileEdit::told).toList();
  }

  /**
   * Takes ours out of all files.
   *
   * @param undo is told how to take it back
   * @return what was done; nothing for files in which nothing of ours was
   * @throws ConnectException if something of somebody else's has the place of ours; nothing was
   *     changed then
   */
  List<FileChange> disconnect(Undo undo) throws IOException {
    List<FileEdit> plan = new ArrayList<>();
    EmptyFolders emptied = new EmptyFolders();
    List<Path> forgotten = new ArrayList<>();
    for (ConfigFile file : files) {
      FoundFile found = file.find();
      Kept kept = originals.of(found.place());
      @Nullable String after = disconnected(found, kept);
      FileEdit edit = new FileEdit(found, after, kindOfRemoval(found, after, kept));
      if (edit.changesSomething()) {
        found.requireWritable();
        plan.add(edit);
      }
      forgotten.add(found.place());
      emptied.add(kept != null ? kept.folders() : edit.foldersWithin());
    }
    for (FileEdit edit : plan) {
      edit.make(undo);
    }
    for (Path file : forgotten) {
      originals.forget(file, undo);
    }
    emptied.delete(undo);
    return plan.stream().map(FileEdit::told).toList();
  }

  /** The command line of our tool server in some files; empty if there is none that is known. */
  static List<String> serverIn(List<ConfigFile> files) {
    for (ConfigFile file : files) {
      try {
        String text = file.find().text();
        List<String> words = text == null ? List.of() : file.content().serverIn(text);
        if (!words.isEmpty()) {
          return words;
        }
      } catch (RefusedException | IOException e) {
        // Whoever looks at the whole says so.
      }
    }
    return List.of();
  }

  /** Looks at the files, without changing anything. */
  Connected look(String program, Scope scope, List<String> server) {
    List<Path> places = new ArrayList<>();
    boolean all = true;
    boolean some = false;
    String problem = null;
    for (ConfigFile file : files) {
      try {
        FoundFile found = file.find();
        String text = found.text();
        places.add(found.place());
        all &= connected(found).equals(text);
        some |= text != null && !text.equals(disconnected(found, null));
      } catch (IOException e) {
        places.add(file.root().resolve(file.name()));
        problem = problem == null ? FileProblem.words(e) : problem;
      }
    }
    return new Connected(
        program, scope, Connected.State.of(all, some, problem), places, server, problem);
  }

  private static String connected(FoundFile found) throws ConnectException {
    try {
      return found.file().content().connected(found.text());
    } catch (RefusedException e) {
      throw found.told(e);
    }
  }

  private static @Nullable String disconnected(FoundFile found, @Nullable Kept kept)
      throws ConnectException {
    String text = found.text();
    if (text == null) {
      return null;
    }
    if (kept != null && kept.isLeftAs(text)) {
      return kept.text();
    }
    try {
      return found.file().content().disconnected(text, kept == null ? null : kept.before());
    } catch (RefusedException e) {
      throw found.told(e);
    }
  }

  /** What a file was without us: as it was kept, unless it has been changed by others since. */
  private Kept toKeep(FoundFile found, String after) throws IOException {
    Kept kept = originals.of(found.place());
    return new Kept(
        disconnected(found, kept),
        Originals.digest(after),
        kept == null ? List.of() : kept.folders());
  }

  private static Kind kindOfRemoval(FoundFile found, @Nullable String after, @Nullable Kept kept) {
    if (after == null) {
      return Kind.DELETED;
    }
    return kept != null && kept.isLeftAs(found.text()) ? Kind.GIVEN_BACK : Kind.CLEARED;
  }
}
