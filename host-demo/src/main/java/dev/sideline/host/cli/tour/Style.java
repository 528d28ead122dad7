package dev.sideline.host.cli.tour;

/** How a text is shown where colours are welcome. */
enum Style {
  STRONG("1"),
  FAINT("2"),
  GOOD("32"),
  BAD("31"),
  BUSY("36"),
  STOPPED("33");

  static final String END = "\u001b[0m";

  private final String number;

  Style(String number) {
    this.number = number;
  }

  String code() {
    return "\u001b[" + number + "m";
  }
}
