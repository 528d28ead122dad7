package dev.sideline.host.mcp;

import java.io.IOException;
import java.nio.file.Path;

/** Makes a key in a process of its own; ends with 3 if it cannot be written. */
final class KeyMakerMain {

  private KeyMakerMain() {}

  public static void main(String[] args) {
    try {
      CallerKey.readOrCreate(Path.of(args[0]));
    } catch (IOException e) {
      System.exit(3);
    }
  }
}
