package dev.sideline.background.text;

import dev.sideline.api.Reach;
import dev.sideline.background.task.Terms.Notify;

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
      "only when the last of yours has ended",
      "\n\nYou will be told when your tasks have ended; there is no need to ask again.",
      "You will be told when your tasks have ended; go on with your own work rather than wait"
          + " again.",
      "you will be told when all have ended."),

  /** It finds a message when it is set to work for another reason. */
  READ(
      "what has ended stands in this conversation when you go on with it, so do not poll",
      "you need not wait at all: what has ended stands here when you go on",
      "you find a message when it has ended",
      "only when the last of yours has ended",
      "\n\nA message says so when they have ended; there is no need to ask again.",
      "A message says so when your tasks have ended; go on with your own work rather than wait"
          + " again.",
      "a message says so when all have ended."),

  /** It learns of it from the next answer. */
  ANSWERED(
      "the answers of these tools begin with what has ended since the one before; nothing else"
          + " tells you, so before you end, wait for what you need",
      "nothing sets you to work when a task has ended: do what else there is to do, and then wait"
          + " for what you need before you end",
      "the next answer of one of these tools says so when it has ended",
      "only when the last of yours has ended",
      "\n\n"
          + "Nothing will set you to work when they have ended: when you have nothing else to do,"
          + " wait with background_output(wait=\"all\").",
      "Wait once more, unless there is something else to do: nothing will set you to work when your"
          + " tasks have ended.",
      "the answers of these tools say when they have ended.");

  private final String inLaunch;
  private final String inOutput;
  private final String each;
  private final String all;
  private final String running;
  private final String waitedInVain;
  private final String others;

  Promise(
      String inLaunch,
      String inOutput,
      String each,
      String all,
      String running,
      String waitedInVain,
      String others) {
    this.inLaunch = inLaunch;
    this.inOutput = inOutput;
    this.each = each;
    this.all = all;
    this.running = running;
    this.waitedInVain = waitedInVain;
    this.others = others;
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

  /** What {@code notify=all} means. */
  public String all() {
    return all;
  }

  /** What follows a launch. */
  String afterLaunch(Notify notify, String output) {
    String all = notify == Notify.ALL ? "the last of your tasks has ended" : "it has ended";
    if (notify == Notify.SILENT) {
      return "Go on with your own work. You will not be told when it has ended; look with "
          + output;
    }
    return switch (this) {
      case WOKEN ->
          "Go on with your own work: you will be told when "
              + all
              + ", there is no need to poll. Then read its result with "
              + output;
      case READ ->
          "Go on with your own work: a message will stand here when "
              + all
              + ", there is no need to poll. Then read its result with "
              + output;
      case ANSWERED ->
          "Go on with your own work. Nothing will set you to work when "
              + all
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

  /** The end of a sentence about tasks that are still at work. */
  String others() {
    return others;
  }
}
