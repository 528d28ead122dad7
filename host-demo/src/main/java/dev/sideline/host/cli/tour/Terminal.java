package dev.sideline.host.cli.tour;

import java.io.Console;
import java.io.File;
import java.io.IOException;
import java.io.PrintStream;
import java.lang.reflect.InvocationTargetException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * What the tour is shown on.
 *
 * @param out where it is written
 * @param live whether what was written can be written over
 * @param colours whether colours are welcome
 * @param width in characters
 */
public record Terminal(PrintStream out, boolean live, boolean colours, int width) {

  private static final int USUAL_WIDTH = 80;
  private static final int NARROWEST = 40;
  private static final int WIDEST = 120;

  /**
   * Finds out what is welcome there.
   *
   * @param terminal whether it is one
   * @param environment of whoever looks at it
   */
  public static Terminal of(PrintStream out, boolean terminal, Map<String, String> environment) {
    boolean live = terminal && !"dumb".equals(environment.get("TERM"));
    boolean colours = live && environment.getOrDefault("NO_COLOR", "").isEmpty();
    int width = columns(environment.getOrDefault("COLUMNS", ""), live);
    return new Terminal(out, live, colours, Math.max(NARROWEST, Math.min(WIDEST, width)));
  }

  /** Whether the standard output of this process is one. */
  public static boolean outputIsTerminal() {
    return Optional.ofNullable(System.console()).map(Terminal::isTerminal).orElse(false);
  }

  /** Until JDK 21 there is a console only on a terminal; later ones always have it and tell. */
  private static boolean isTerminal(Console console) {
    try {
      return (Boolean) Console.class.getMethod("isTerminal").invoke(console);
    } catch (NoSuchMethodException e) {
      return true;
    } catch (IllegalAccessException | InvocationTargetException e) {
      return false;
    }
  }

  private static int columns(String variable, boolean live) {
    if (variable.matches("[0-9]{1,4}")) {
      return Integer.parseInt(variable);
    }
    return live ? askedColumns() : USUAL_WIDTH;
  }

  /**
   * Java does not tell the width; stty does, where there is one. Windows has none, and would look
   * for it in the working directory.
   */
  private static int askedColumns() {
    if (File.separatorChar == '\\') {
      return USUAL_WIDTH;
    }
    try {
      Process stty =
          new ProcessBuilder("stty", "size")
              .redirectInput(ProcessBuilder.Redirect.INHERIT)
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
      if (!stty.waitFor(500, TimeUnit.MILLISECONDS)) {
        stty.destroyForcibly();
        return USUAL_WIDTH;
      }
      String[] size =
          new String(stty.getInputStream().readAllBytes(), StandardCharsets.US_ASCII)
              .strip()
              .split(" ", -1);
      return size.length == 2 && size[1].matches("[1-9][0-9]{0,3}")
          ? Integer.parseInt(size[1])
          : USUAL_WIDTH;
    } catch (IOException e) {
      return USUAL_WIDTH;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return USUAL_WIDTH;
    }
  }

  String styled(Style style, String text) {
    return colours ? style.code() + text + Style.END : text;
  }

  void line(String text) {
    out.println(text);
  }
}
