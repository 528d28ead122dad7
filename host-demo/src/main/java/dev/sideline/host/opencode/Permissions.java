package dev.sideline.host.opencode;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Rules of the server for what agents and sessions may do. Of those that fit, the last one counts.
 */
final class Permissions {

  /** The rule for having other agents work, whose names are its patterns. */
  static final String TASK = "task";

  private static final String DENY = "deny";
  private static final String ALLOW = "allow";
  private static final String ANYTHING = "*";
  private static final String OTHER_FOLDERS = "external_directory";

  private Permissions() {}

  /** Whether something is allowed without asking a person, or no rule is about it. */
  static boolean allows(List<Wire.Rule> rules, String permission, String what) {
    Wire.Rule last = last(rules, permission, what);
    return last == null || ALLOW.equals(last.action());
  }

  private static Wire.@Nullable Rule last(List<Wire.Rule> rules, String permission, String what) {
    Wire.Rule last = null;
    for (Wire.Rule rule : rules) {
      if (matches(rule.permission(), permission) && matches(rule.pattern(), what)) {
        last = rule;
      }
    }
    return last;
  }

  private static boolean matches(@Nullable String wildcard, String text) {
    if (wildcard == null) {
      return false;
    }
    StringBuilder expression = new StringBuilder();
    for (int i = 0; i < wildcard.length(); i++) {
      char c = wildcard.charAt(i);
      expression.append(c == '*' ? ".*" : c == '?' ? "." : Pattern.quote(String.valueOf(c)));
    }
    return Pattern.compile(expression.toString(), Pattern.DOTALL).matcher(text).matches();
  }

  /**
   * What a session hands on to those below it, as the server's own tool for that does: what it may
   * not do, they may not do either, and it is in the same folders that they may be.
   */
  static List<Wire.Rule> handedOn(List<Wire.Rule> rules) {
    return rules.stream()
        .filter(rule -> DENY.equals(rule.action()) || OTHER_FOLDERS.equals(rule.permission()))
        .toList();
  }

  /** Rules that a session lacks to be denied these tools. */
  static List<Wire.Rule> lacking(List<Wire.Rule> rules, Set<String> deniedTools) {
    List<Wire.Rule> lacking = new ArrayList<>();
    for (String tool : deniedTools) {
      Wire.Rule last = null;
      for (Wire.Rule rule : rules) {
        last = tool.equals(rule.permission()) ? rule : last;
      }
      if (last == null || !DENY.equals(last.action()) || !ANYTHING.equals(last.pattern())) {
        lacking.add(new Wire.Rule(tool, ANYTHING, DENY));
      }
    }
    return lacking;
  }

  static List<Wire.Rule> of(@Nullable List<Wire.Rule> rules) {
    return Objects.requireNonNullElse(rules, List.of());
  }
}
