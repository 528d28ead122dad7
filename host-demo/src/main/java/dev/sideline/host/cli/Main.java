package dev.sideline.host.cli;

/** The demo host's entry point. */
public final class Main {
  private Main() {}

  /** Runs one command. */
  public static void main(String[] args) {}
}
