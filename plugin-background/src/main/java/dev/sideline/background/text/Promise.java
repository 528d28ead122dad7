package dev.sideline.background.text;

import dev.sideline.api.Reach;
import dev.sideline.background.task.LaunchOptions.Notify;

/**
 * What an agent is promised about the end of its tasks, by how its session can be told: no more
 * than will be kept.
 */
public enum Promise {
  /** It is set to work when they have ended. */
  WOKEN(
      "you are told when your tasks have ended, so do not poll",
      "you need not wait at all: you are told when your tasks have ended",
      "you are told when it ends",
      "\n\nYou will be told when your tasks have ended; there is no need to ask again.",
      "You will be told when your tasks have ended; go on with your own work rather than wait"
          + " again."),

  /** It finds a message when it is set to work for another reason. */
  READ(
      "what has ended stands in this conversation when you go on with it, so do not poll",
      "you need not wait at all: what has ended stands here when you go on",
      "you find a message when it has ended",
      "\n\nA message says so when they have ended; there is no need to ask again.",
      "A message says so when your tasks have ended; go on with your own work rather than wait"
          + " again."),

  /** It learns of it from the next answer. */
  ANSWERED(
      "the answers of these tools begin with what has ended since the one before; nothing else"
          + " tells you, so before you end, wait for what you need",
      "nothing sets you to work when a task has ended: do what else there is to do, and then wait"
          + " for what you need before you end",
      "the next answer of one of these tools says so when it has ended",
      "\n\n"
          + "Nothing will set you to work when they have ended: when you have nothing else to do,"
          + " wait with background_output(wait=\"all\").",
      "Wait once more, unless there is something else to do: nothing will set you to work when your"
          + " tasks have ended.");

  private final String inLaunch;
  private final String inOutput;
  private final String each;
  private final String running;
  private final String waitedInVain;

  Promise(String inLaunch, String inOutput, String each, String running, String waitedInVain) {
    this.inLaunch = inLaunch;
    this.inOutput = inOutput;
    this.each = each;
    this.running = running;
    this.waitedInVain = waitedInVain;
  }

  /** What is promised to a session that can be told in some way. */
  public static Promise of(Reach reach) {
    return valueOf(reach.name());
  }

  /** For the description of the tool that launches, as a part of a sentence. */
  public String inLaunch() {
    return inLaunch;
  }

  /** For the description of the tool that shows tasks, as a part of a sentence. */
  public String inOutput() {
    return inOutput;
  }

  /** What {@code notify=each} means. */
  public String each() {
    return each;
  }

  /** What follows a launch. */
  String afterLaunch(Notify notify, String output) {
    String end = notify == Notify.ALL ? "the last of your tasks has ended" : "it has ended";
    if (notify == Notify.SILENT) {
      return "Go on with your own work. You will not be told when it has ended; look with "
          + output;
    }
    return switch (this) {
      case WOKEN ->
          "Go on with your own work: you will be told when "
              + end
              + ", there is no need to poll. Then read its result with "
              + output;
      case READ ->
          "Go on with your own work: a message will stand here when "
              + end
              + ", there is no need to poll. Then read its result with "
              + output;
      case ANSWERED ->
          "Go on with your own work. Nothing will set you to work when "
              + end
              + ", but the next answer of one of these tools begins with it. When you have nothing"
              + " else to do, wait with background_output(wait=\"all\"), or end and say that it is"
              + " still at work. Its result: "
              + output;
    };
  }

  /** What follows tasks that are still at work; with the blank line before it. */
  String running() {
    return running;
  }

  /** What follows a wait that was too short. */
  String waitedInVain() {
    return waitedInVain;
  }
}
