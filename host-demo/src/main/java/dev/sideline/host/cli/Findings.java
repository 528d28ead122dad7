package dev.sideline.host.cli;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import dev.sideline.host.text.Harmless;
import java.util.List;
import java.util.Locale;

/** What was found, as a person or a script is told of it. */
record Findings(List<Finding> all) {

  private static final JsonMapper JSON = new JsonMapper();

  Findings {
    all = List.copyOf(all);
  }

  /**
   * Prints them, each in a line, or as a JSON array of objects with {@code mark}, {@code what} and
   * {@code words}.
   *
   * @return the exit code: 1 if something needs doing
   */
  int print(Console console, boolean asJson) {
    if (asJson) {
      console.out().println(Harmless.json(json()));
    } else {
      all.forEach(finding -> console.out().println(line(finding)));
    }
    return all.stream().anyMatch(finding -> finding.mark() == Finding.Mark.TODO)
        ? ExitCodes.FAILED
        : ExitCodes.FINE;
  }

  private static String line(Finding finding) {
    return String.format(
        Locale.ROOT,
        "%-5s %-16s %s",
        finding.mark(),
        finding.what(),
        Harmless.line(finding.words()));
  }

  private String json() {
    ArrayNode array = JSON.createArrayNode();
    for (Finding finding : all) {
      array
          .addObject()
          .put("mark", finding.mark().toString())
          .put("what", finding.what())
          .put("words", finding.words());
    }
    return array.toString();
  }
}
