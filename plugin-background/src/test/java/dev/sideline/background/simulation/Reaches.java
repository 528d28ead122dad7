package dev.sideline.background.simulation;

import dev.sideline.api.Reach;

/** How sessions can be told: those of tasks are woken, those of people are of all kinds. */
final class Reaches {

  private static final String PERSON = "person_";

  private Reaches() {}

  /** The name of a person's session. */
  static String person(int number) {
    return PERSON + number;
  }

  static Reach of(String session) {
    if (!session.startsWith(PERSON)) {
      return Reach.WOKEN;
    }
    int number = Integer.parseInt(session.substring(PERSON.length()));
    return number % 3 == 0 ? Reach.ANSWERED : number % 5 == 0 ? Reach.READ : Reach.WOKEN;
  }
}
