import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Changes the plugin in one way after the other, each in a copy of its own, and tells which of these
 * changes the simulation notices. Ends with 1 if more live than may, or one cannot be made.
 */
final class Mutants {

  private static final int MAY_LIVE = 10;
  private static final int TIMEOUT_MINUTES = 15;
  private static final String SOURCES = "src/main/java/dev/sideline/background/";

  private record Replacement(String from, String to) {}

  private record Mutant(String name, String what, String file, List<Replacement> replacements) {}

  private final Path module;
  private final String classpath;
  private final Path scratch;

  private Mutants(Path module, String classpath, Path scratch) {
    this.module = module;
    this.classpath = classpath;
    this.scratch = scratch;
  }

  /** Given the module's folder, its class path, and the names of mutants; without any, of all. */
  public static void main(String[] args) throws Exception {
    Path module = Path.of(args[0]);
    String own = module.resolve("target/test-classes") + ":" + module.resolve("target/classes");
    Path scratch = Files.createTempDirectory("mutants");
    Mutants mutants = new Mutants(module, own + ":" + args[1], scratch);
    List<String> names = Arrays.asList(args).subList(2, args.length);
    int living = 0;
    int failed = 0;
    for (Mutant mutant : read(module.resolve("src/test/mutants/mutants.txt"))) {
      if (names.isEmpty() || names.contains(mutant.name())) {
        String fate = mutants.fateOf(mutant);
        living += fate.equals("lives") ? 1 : 0;
        failed += fate.startsWith("cannot") ? 1 : 0;
        System.out.printf("%-5s %s: %s%n", mutant.name(), mutant.what(), fate);
        System.out.flush();
      }
    }
    System.out.println(living + " live, and " + MAY_LIVE + " may; " + failed + " cannot be made");
    System.exit(living > MAY_LIVE || failed > 0 ? 1 : 0);
  }

  private static List<Mutant> read(Path file) throws IOException {
    List<Mutant> mutants = new ArrayList<>();
    String text =
        Files.readAllLines(file).stream()
            .filter(line -> !line.startsWith("#"))
            .collect(Collectors.joining("\n"));
    for (String block : text.strip().split("\n\n+")) {
      String[] lines = block.split("\n");
      String[] title = lines[0].split(" ", 2);
      List<Replacement> replacements = new ArrayList<>();
      for (int i = 2; i < lines.length; i += 2) {
        replacements.add(new Replacement(lines[i].substring(2), lines[i + 1].substring(2)));
      }
      mutants.add(new Mutant(title[0], title[1], lines[1], replacements));
    }
    return mutants;
  }

  private String fateOf(Mutant mutant) throws IOException, InterruptedException {
    String source = Files.readString(module.resolve(SOURCES + mutant.file()));
    for (Replacement replacement : mutant.replacements()) {
      Matcher found = pattern(replacement.from()).matcher(source);
      if (found.results().count() != 1) {
        return "cannot be made: not once in " + mutant.file() + ": " + replacement.from();
      }
      source = found.reset().replaceFirst(Matcher.quoteReplacement(replacement.to()));
    }
    Path folder = Files.createDirectory(scratch.resolve(mutant.name()));
    Path changed = folder.resolve(Path.of(mutant.file()).getFileName());
    Files.writeString(changed, source);
    String output = folder.toString();
    Path log = folder.resolve("log");
    if (run(log, "javac", "-nowarn", "-proc:none", "-cp", classpath, "-d", output, "" + changed)
        != 0) {
      return "cannot be made: it does not compile, see " + log;
    }
    int code =
        run(log, "java", "-cp", output + ":" + classpath, "dev.sideline.background.simulation.Stories");
    if (code == 0) {
      return "lives";
    }
    String said = Files.readString(log).strip();
    return "killed: " + (code < 0 ? "it never ends" : said.substring(Math.max(0, said.length() - 150)));
  }

  /** What stands there, whatever the spaces are between its words. */
  private static Pattern pattern(String text) {
    return Pattern.compile(
        Arrays.stream(text.strip().split("\\s+"))
            .map(Pattern::quote)
            .collect(Collectors.joining("\\s+")));
  }

  /** The exit code; -1 if it had to be ended. */
  private static int run(Path log, String... command) throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile()).start();
    if (!process.waitFor(TIMEOUT_MINUTES, TimeUnit.MINUTES)) {
      process.destroyForcibly().waitFor();
      return -1;
    }
    return process.exitValue();
  }
}
