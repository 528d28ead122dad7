package dev.sideline.api;

/** How a session can be told what its agent has not asked for. */
public enum Reach {

  /** A message can be sent to it, and sets its agent to work. */
  WOKEN,

  /** A message can be sent to it, and its agent reads it when something else sets it to work. */
  READ,

  /**
   * Not at all: its conversation is held elsewhere, by a program that takes nothing but the answers
   * to its calls.
   */
  ANSWERED
}
