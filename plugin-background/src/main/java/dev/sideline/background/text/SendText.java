package dev.sideline.background.text;

import dev.sideline.api.PendingRequest;
import dev.sideline.background.engine.protocol.Answer;
import dev.sideline.background.task.Task;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What has become of a message to a task, or of an answer to what it asked. */
public final class SendText {

  private static final int MAX_OPEN = 20;

  /** What is said beside what has become of a message or a reply, if that is not recorded. */
  public static final String UNRECORDED =
      " This could not be recorded: it holds only for as long as the host's process lives.";

  private SendText() {}

  /** What has become of a message. */
  public static String sent(Answer.Sent sent) {
    Task task = sent.task().task();
    return switch (sent.status()) {
      case DELIVERED ->
          "Delivered to "
              + task.id()
              + ". Its agent reads it when it has finished what it is doing now.";
      case INTERRUPTED ->
          "Delivered to "
              + task.id()
              + ". Its agent was stopped in what it was doing, and works on your message now.";
      case KEPT ->
          "Kept for "
              + task.id()
              + ", which is "
              + task.status().wireName()
              + ": it is delivered when its agent can read it."
              + detail(sent.detail());
      case UNDER_WAY ->
          "On its way to "
              + task.id()
              + "; whether it arrives is not known yet. Do not send it again before you have looked"
              + " with background_output(task_id=\""
              + task.id()
              + "\", transcript=true).";
      case NOT_DELIVERED ->
          "Not delivered to "
              + task.id()
              + "."
              + detail(sent.detail())
              + " The task is "
              + task.status().wireName()
              + " as before; try again, or cancel it.";
      case TASK_OVER ->
          "Not delivered: "
              + task.id()
              + " has ended ("
              + Phrases.ending(task)
              + "). To go on in its session, use background_task(task_id=\""
              + task.id()
              + "\", description=\"…\", prompt=\"…\").";
      case TASK_STOPPING ->
          "Not delivered: "
              + task.id()
              + " is being stopped. Once it has stopped, background_task(task_id=\""
              + task.id()
              + "\") goes on in its session.";
      case TOO_MANY ->
          "Not delivered: as many messages wait for "
              + task.id()
              + " as may. Wait until its agent has read some; they are delivered in their order.";
    };
  }

  /** What has become of an answer to a request. */
  public static String answered(Answer.RequestAnswered answered, Deciders deciders) {
    Task task = answered.task().task();
    String request = "The request " + Phrases.id(answered.requestId()) + " of " + task.id();
    return switch (answered.status()) {
      case TAKEN -> request + " is answered; its agent goes on." + detail(answered.detail());
      case KEPT ->
          request
              + " is answered; its agent is given the answer when a slot is free for it to go on."
              + detail(answered.detail());
      case REFUSED ->
          request
              + " still waits: the host did not take that answer."
              + detail(answered.detail())
              + how(answered, deciders);
      case GONE ->
          request
              + " was not waiting any more: it was answered or withdrawn, or its task has moved on."
              + detail(answered.detail());
    };
  }

  /** The right way to answer, if the request is known. */
  private static String how(Answer.RequestAnswered answered, Deciders deciders) {
    return request(answered.task().task(), answered.requestId())
        .map(request -> " " + RequestText.howToAnswer(request, deciders))
        .orElse("");
  }

  /** The session that waits. */
  private static String askedIn(Answer.PersonDecides decides) {
    Task task = decides.task().task();
    return request(task, decides.requestId())
        .map(PendingRequest::sessionId)
        .orElse(String.valueOf(task.session()));
  }

  private static Optional<PendingRequest> request(Task task, String id) {
    return task.progress().requests().stream()
        .filter(request -> request.id().equals(id))
        .findFirst();
  }

  /** Why nothing could be done. */
  public static String refused(Answer answer, Deciders deciders) {
    if (answer instanceof Answer.PersonDecides decides) {
      String request =
          "The request " + Phrases.id(decides.requestId()) + " of " + decides.task().task().id();
      return (deciders.parentToo()
              ? "Not answered: what is allowed for good, a person decides"
                  + deciders.place(askedIn(decides))
                  + ". Reply \"allow\" to allow it this once. "
              : "Not answered: that is a permission, and not yours to give. "
                  + deciders.person(askedIn(decides))
                  + "; tell your user, or reply \"reject\". ")
          + request
          + " still waits. Nothing was changed.";
    }
    if (answer instanceof Answer.UnknownRequest unknown) {
      return "No task of yours waits for an answer to a request "
          + Phrases.id(unknown.requestId())
          + ". "
          + open(unknown.open())
          + " Nothing was changed.";
    }
    if (answer instanceof Answer.NotRecorded) {
      return "Not sent: it cannot be recorded just now. Nothing was changed; try again later.";
    }
    throw new IllegalStateException("unexpected answer " + answer);
  }

  private static String open(List<PendingRequest> open) {
    if (open.isEmpty()) {
      return "None of them asks anything.";
    }
    return "These wait: "
        + open.stream()
            .limit(MAX_OPEN)
            .map(
                request ->
                    Phrases.id(request.id())
                        + " (a "
                        + StateText.kind(request)
                        + ": "
                        + Phrases.quoted(request.text())
                        + ")")
            .collect(Collectors.joining(", "))
        + (open.size() > MAX_OPEN ? " and more." : ".");
  }

  private static String detail(@Nullable String detail) {
    return detail == null ? "" : " The reason given: " + Phrases.quoted(detail) + ".";
  }
}
