package dev.sideline.host.connect;

import java.util.ArrayList;
import java.util.List;

/**
 * Where the statements of a TOML text stand: headers of tables, and keys with their values. The
 * text has to be sound TOML.
 */
final class TomlStatements {

  /** What a statement is. */
  enum Kind {
    TABLE,
    TABLE_IN_ARRAY,
    KEY
  }

  /**
   * One statement, in lines of its own.
   *
   * @param path what it is about, from the top
   * @param start of its first line
   * @param end behind the break of its last line
   */
  record Statement(Kind kind, List<String> path, int start, int end) {

    boolean isAbout(List<String> place) {
      return path.size() >= place.size() && path.subList(0, place.size()).equals(place);
    }
  }

  private final String text;
  private final List<Statement> found = new ArrayList<>();
  private List<String> table = List.of();
  private int at;

  private TomlStatements(String text) {
    this.text = text;
  }

  /** All of them, in the order in which they stand there. */
  static List<Statement> of(String text) {
    TomlStatements statements = new TomlStatements(text);
    while (statements.at < text.length()) {
      statements.line();
    }
    return statements.found;
  }

  private void line() {
    int start = at;
    skipBlanks();
    if (at == text.length() || text.charAt(at) == '#' || isLineBreak(text.charAt(at))) {
      skipLine();
    } else if (text.charAt(at) == '[') {
      header(start);
    } else {
      List<String> path = new ArrayList<>(table);
      path.addAll(keys());
      at++; // The equals sign.
      skipValue();
      skipLine();
      found.add(new Statement(Kind.KEY, path, start, at));
    }
  }

  private void header(int start) {
    boolean inArray = text.startsWith("[[", at);
    at += inArray ? 2 : 1;
    table = keys();
    skipLine();
    found.add(new Statement(inArray ? Kind.TABLE_IN_ARRAY : Kind.TABLE, table, start, at));
  }

  /** Names with dots between them; stops at what is neither. */
  private List<String> keys() {
    List<String> keys = new ArrayList<>();
    do {
      skipBlanks();
      keys.add(key());
      skipBlanks();
    } while (at < text.length() && text.charAt(at) == '.' && at++ >= 0);
    return keys;
  }

  private String key() {
    int start = at;
    char first = text.charAt(at);
    if (first == '"' || first == '\'') {
      skipString();
      String inside = text.substring(start + 1, at - 1);
      return first == '"' ? TomlText.unescaped(inside) : inside;
    }
    while (at < text.length() && "=.] \t".indexOf(text.charAt(at)) < 0) {
      at++;
    }
    return text.substring(start, at);
  }

  /** To the end of a value, which may have more than one line. */
  private void skipValue() {
    int depth = 0;
    while (at < text.length()) {
      char c = text.charAt(at);
      if (c == '"' || c == '\'') {
        skipString();
      } else if (c == '#') {
        skipToLineBreak();
      } else if (depth == 0 && isLineBreak(c)) {
        return;
      } else {
        depth += c == '[' || c == '{' ? 1 : c == ']' || c == '}' ? -1 : 0;
        at++;
      }
    }
  }

  private void skipString() {
    String quote = text.substring(at, at + 1);
    boolean escapes = quote.equals("\"");
    String end = text.startsWith(quote.repeat(3), at) ? quote.repeat(3) : quote;
    at += end.length();
    while (at < text.length() && !text.startsWith(end, at)) {
      at += escapes && text.charAt(at) == '\\' ? 2 : 1;
    }
    at = Math.min(text.length(), at + end.length());
    while (end.length() == 3 && text.startsWith(quote, at)) {
      at++; // A quote that stands before the three that end it.
    }
  }

  private void skipBlanks() {
    while (at < text.length() && (text.charAt(at) == ' ' || text.charAt(at) == '\t')) {
      at++;
    }
  }

  private void skipToLineBreak() {
    while (at < text.length() && text.charAt(at) != '\n') {
      at++;
    }
  }

  private void skipLine() {
    skipToLineBreak();
    at = Math.min(text.length(), at + 1);
  }

  private static boolean isLineBreak(char c) {
    return c == '\n' || c == '\r';
  }
}
