package dev.sideline.host.model;

import java.util.ArrayList;
import java.util.List;

/**
 * What the model answers to one {@link Turn}: steps that are done in order. The message ends after
 * the last step by itself, unless that step ends it otherwise.
 */
public final class Reply {

  /** One thing that the model does. */
  sealed interface Step {
    record Text(String text) implements Step {}

    record ToolCall(String name, String arguments) implements Step {}

    record Wait(Gate gate) implements Step {}

    record Refuse(int status, String message) implements Step {}

    record Cut() implements Step {}
  }

  private final List<Step> steps = new ArrayList<>();
  private long inputTokens = 10;
  private long outputTokens = 5;
  private long cachedTokens;

  private Reply() {}

  /** Says a text. */
  public static Reply text(String text) {
    return new Reply().thenText(text);
  }

  /**
   * Calls a tool; the result comes with the next turn.
   *
   * @param arguments a JSON object
   */
  public static Reply tool(String name, String arguments) {
    return new Reply().thenTool(name, arguments);
  }

  /** Answers nothing until the gate is opened, not even response headers. */
  public static Reply waiting(Gate gate) {
    return new Reply().thenWait(gate);
  }

  /** Never answers. The connection is kept open until the server is closed. */
  public static Reply hanging() {
    return waiting(new Gate());
  }

  /**
   * Answers an HTTP error. OpenCode tries again after 429 and 5xx, not after other codes.
   *
   * @param status such as 400, 429 or 500
   */
  public static Reply error(int status, String message) {
    Reply reply = new Reply();
    reply.steps.add(new Step.Refuse(status, message));
    return reply;
  }

  /** Ends the message properly without a word. */
  public static Reply empty() {
    return new Reply();
  }

  /** Then says a text. */
  public Reply thenText(String text) {
    steps.add(new Step.Text(text));
    return this;
  }

  /** Then calls a tool. */
  public Reply thenTool(String name, String arguments) {
    steps.add(new Step.ToolCall(name, arguments));
    return this;
  }

  /** Then waits for the gate, in the middle of the message. */
  public Reply thenWait(Gate gate) {
    steps.add(new Step.Wait(gate));
    return this;
  }

  /** Then cuts the connection, in the middle of the message. */
  public Reply thenCut() {
    steps.add(new Step.Cut());
    return this;
  }

  /**
   * What the message is said to have used, instead of 10 and 5 tokens.
   *
   * @param input all of the input, the cached tokens included
   */
  public Reply withTokens(long input, long cached, long output) {
    inputTokens = input;
    cachedTokens = cached;
    outputTokens = output;
    return this;
  }

  List<Step> steps() {
    return steps;
  }

  long inputTokens() {
    return inputTokens;
  }

  long cachedTokens() {
    return cachedTokens;
  }

  long outputTokens() {
    return outputTokens;
  }
}
