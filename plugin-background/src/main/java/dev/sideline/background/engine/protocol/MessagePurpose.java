package dev.sideline.background.engine.protocol;

/** Why a message is sent to the session of a task. */
public enum MessagePurpose {
  /** It is the task's prompt. */
  PROMPT,
  /** Somebody wants to tell the agent something. */
  SENT,
  /** The agent has been silent for too long. */
  NUDGE,
  /** The agent has stopped in the middle, as when its host was restarted. */
  CONTINUATION,
  /** The agent's model has failed, and another goes on. */
  FALLBACK,
  /** The agent's answer does not fit its schema. */
  REPAIR
}
