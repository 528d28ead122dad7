package dev.sideline.background.schema;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How long a regular expression is when everything that is to be repeated is written out, which is
 * what a matcher makes of it: {@code ((a{100}){100}){100}} is a million. An estimate that errs on
 * the large side.
 */
final class RepeatedSize {

  private static final Pattern COUNT = Pattern.compile("\\{(\\d{1,9})(?:,(\\d{0,9}))?\\}");
  private static final long LIMIT = 1_000_000_000L;

  private RepeatedSize() {}

  static long of(String regex) {
    Deque<Long> outer = new ArrayDeque<>();
    long size = 0;
    long last = 0;
    boolean inClass = false;
    Matcher count = COUNT.matcher(regex);
    for (int at = 0; at < regex.length(); at++) {
      char c = regex.charAt(at);
      if (c == '\\') {
        at++;
        if (!inClass) {
          size += last;
          last = 1;
        }
      } else if (inClass) {
        inClass = c != ']';
      } else if (c == '[') {
        inClass = true;
        size += last;
        last = 1;
      } else if (c == '(') {
        outer.push(size + last);
        size = 0;
        last = 0;
      } else if (c == ')') {
        last = size + last;
        size = outer.isEmpty() ? 0 : outer.pop();
      } else if (c == '{' && count.region(at, regex.length()).lookingAt()) {
        last = Math.min(LIMIT, Math.max(1, last) * times(count));
        at = count.end() - 1;
      } else {
        size += last;
        last = 1;
      }
      size = Math.min(LIMIT, size);
    }
    long total = size + last;
    for (long before : outer) {
      total += before;
    }
    return Math.min(LIMIT, total);
  }

  private static long times(Matcher count) {
    String most = count.group(2);
    return Math.max(
        1,
        Math.max(
            Long.parseLong(count.group(1)),
            most == null || most.isEmpty() ? 0 : Long.parseLong(most)));
  }
}
