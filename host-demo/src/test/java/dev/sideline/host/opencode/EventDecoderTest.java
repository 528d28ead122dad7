package dev.sideline.host.opencode;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sideline.api.Message;
import dev.sideline.api.ModelRef;
import dev.sideline.api.PendingRequest;
import dev.sideline.api.SessionEvent;
import dev.sideline.api.SessionStatus;
import dev.sideline.api.ToolUse;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** With events as a server of version 1.18.33 has sent them. */
class EventDecoderTest {

  /** A child session that used a tool after asking, and was answered. */
  private static final String CHILD = "ses_e04153df6ffej5tNhr4m6gHuXF";

  private final RecordingSink sink = new RecordingSink();
  private final EventDecoder decoder = new EventDecoder(sink);

  @Test
  void a_run_with_a_permission_and_a_tool_is_told_step_by_step() {
    recorded("global-events.jsonl").forEach(decoder::accept);

    List<SessionEvent> run = sink.of(CHILD);
    run = run.subList(0, run.indexOf(new SessionEvent.Idle(CHILD)) + 1);
    assertThat(run.get(0))
        .isInstanceOfSatisfying(
            SessionEvent.Created.class,
            created -> {
              assertThat(created.session().metadata()).containsEntry("task", "bg_1");
              assertThat(created.session().directory()).isEqualTo("/tmp/demo/project");
              assertThat(created.session().parentId()).startsWith("ses_");
              assertThat(created.session().title()).isEqualTo("a");
            });
    assertThat(run).contains(new SessionEvent.StatusChanged(CHILD, SessionStatus.BUSY));
    assertThat(toolStates(run))
        .containsSubsequence(ToolUse.State.PENDING, ToolUse.State.RUNNING, ToolUse.State.COMPLETED);
    assertThat(toolUses(run))
        .filteredOn(use -> use.state() != ToolUse.State.PENDING)
        .isNotEmpty()
        .allSatisfy(
            use -> {
              assertThat(use.arguments()).startsWith("{\"command\":\"echo hi\"").endsWith("}");
              assertThat(use.result()).isEmpty();
            });
    assertThat(run)
        .filteredOn(SessionEvent.RequestAsked.class::isInstance)
        .extracting(event -> ((SessionEvent.RequestAsked) event).request())
        .containsExactly(
            new PendingRequest(
                "per_1fbeac772001U2Foj0gYLUv4EH",
                CHILD,
                PendingRequest.Kind.PERMISSION,
                "bash: echo hi\nThe answer 'always' would also allow: echo *",
                List.of("allow", "always", "reject")));
    assertThat(run)
        .contains(new SessionEvent.RequestAnswered(CHILD, "per_1fbeac772001U2Foj0gYLUv4EH"));
    assertThat(decoder.malformed()).isZero();
  }

  @Test
  void a_finished_message_has_its_agent_model_usage_and_reason() {
    recorded("global-events.jsonl").forEach(decoder::accept);

    List<Message> finished =
        sink.of(CHILD, SessionEvent.MessageUpdated.class).stream()
            .map(SessionEvent.MessageUpdated::message)
            .filter(message -> "stop".equals(message.finish()))
            .toList();
    assertThat(finished).isNotEmpty();
    Message message = finished.get(0);
    assertThat(message.role()).isEqualTo(Message.Role.ASSISTANT);
    assertThat(message.agent()).isEqualTo("worker");
    assertThat(message.model()).isEqualTo(new ModelRef("fake", "fake"));
    assertThat(message.usage().input()).isEqualTo(8);
    assertThat(message.usage().cacheRead()).isEqualTo(2);
    assertThat(message.usage().output()).isEqualTo(5);
    assertThat(message.usage().costUsd()).isPositive();
  }

  @Test
  void the_stream_of_one_directory_tells_the_same_as_the_stream_of_all() {
    RecordingSink other = new RecordingSink();
    EventDecoder otherDecoder = new EventDecoder(other);
    recorded("directory-events.jsonl").forEach(otherDecoder::accept);
    recorded("global-events.jsonl").forEach(decoder::accept);

    assertThat(other.of(CHILD)).isNotEmpty();
    assertThat(sink.of(CHILD)).startsWith(other.of(CHILD).toArray(SessionEvent[]::new));
    assertThat(otherDecoder.malformed()).isZero();
  }

  @Test
  void an_abort_is_told_as_one_and_other_failures_by_their_names() {
    recorded("global-events.jsonl").forEach(decoder::accept);

    List<SessionEvent.Failed> failures =
        sink.events().stream()
            .filter(SessionEvent.Failed.class::isInstance)
            .map(SessionEvent.Failed.class::cast)
            .toList();
    assertThat(failures).filteredOn(failed -> failed.failure().aborted()).hasSize(1);
    assertThat(failures)
        .filteredOn(failed -> failed.failure().name().equals("APIError"))
        .extracting(failed -> failed.failure().message())
        .containsExactly("scripted failure");
    assertThat(failures)
        .filteredOn(failed -> failed.failure().name().equals("UnknownError"))
        .extracting(failed -> failed.failure().message())
        .containsExactly(
            "Agent not found: \"nobody\". Available agents: build, explore, general, plan, worker",
            "UnknownError: UnknownError");
  }

  @Test
  void a_retry_tells_its_number_reason_and_next_try() {
    recorded("global-events.jsonl").forEach(decoder::accept);

    assertThat(sink.events())
        .contains(
            new SessionEvent.StatusChanged(
                "ses_e0414ec82ffeaBRY3syq2eLB40",
                SessionStatus.retrying(
                    1, "scripted failure", Instant.ofEpochMilli(1795227851915L))));
  }

  @Test
  void a_question_offers_its_answers_and_its_rejection_ends_it() {
    recorded("global-events.jsonl").forEach(decoder::accept);

    assertThat(sink.of(CHILD, SessionEvent.RequestAsked.class))
        .extracting(SessionEvent.RequestAsked::request)
        .contains(
            new PendingRequest(
                "que_1fbeadf50001ff4L3CChbXmOTA",
                CHILD,
                PendingRequest.Kind.QUESTION,
                "Which?\nOptions: A (a) | B (b)",
                List.of("A", "B")));
    assertThat(sink.of(CHILD, SessionEvent.RequestAnswered.class))
        .extracting(SessionEvent.RequestAnswered::requestId)
        .contains("que_1fbeadf50001ff4L3CChbXmOTA", "que_1fbeaef5c001hqBg1QZ3UKv360");
  }

  @Test
  void of_sessions_that_nobody_observes_only_creation_and_deletion_are_told() {
    sink.observe(id -> false);
    recorded("global-events.jsonl").forEach(decoder::accept);

    assertThat(sink.events())
        .allMatch(
            event ->
                event instanceof SessionEvent.Created || event instanceof SessionEvent.Deleted);
    assertThat(sink.events()).filteredOn(SessionEvent.Created.class::isInstance).hasSize(6);
    assertThat(sink.events()).filteredOn(SessionEvent.Deleted.class::isInstance).hasSize(7);
  }

  @Test
  void an_event_is_read_no_further_than_needed_if_nobody_observes_its_session() {
    sink.observe(id -> false);
    decoder.accept(
        "{\"type\":\"message.updated\",\"properties\":{\"sessionID\":\"ses_1\",\"info\": oops");

    assertThat(decoder.malformed()).isZero();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{'type':'message.part.updated','properties':{'part':{'type':'tool','sessionID':'ses_old',"
            + "'messageID':'msg_1','callID':'c','tool':'bash',"
            + "'state':{'status':'running','input':{'n':1}}}}}",
        "{'properties':{'part':{'state':{'status':'running','input':{'n':1},"
            + "'metadata':{'sessionID':'ses_wrong'}},"
            + "'messageID':'msg_1','callID':'c','tool':'bash','type':'tool',"
            + "'sessionID':'ses_old'}},'type':'message.part.updated'}",
        "{'directory':'/x','payload':{'type':'message.part.updated','properties':{'sessionID':"
            + "'ses_old','part':{'type':'tool','messageID':'msg_1','callID':'c','tool':'bash',"
            + "'state':{'status':'running','output':{},'input':{ 'n': 1 }}}}}}"
      })
  void the_session_is_found_wherever_versions_of_the_server_write_it(String event) {
    decoder.accept(event.replace('\'', '"'));

    assertThat(sink.events())
        .containsExactly(
            new SessionEvent.PartUpdated(
                "ses_old",
                "msg_1",
                new ToolUse("c", "bash", ToolUse.State.RUNNING, "{\"n\":1}", "")));
  }

  @Test
  void a_session_event_may_name_its_session_only_in_its_record() {
    decoder.accept("{\"type\":\"session.deleted\",\"properties\":{\"info\":{\"id\":\"ses_old\"}}}");

    assertThat(sink.events()).containsExactly(new SessionEvent.Deleted("ses_old"));
  }

  @Test
  void an_unknown_kind_is_a_sign_of_life() {
    decoder.accept("{\"type\":\"session.danced\",\"properties\":{\"sessionID\":\"ses_1\"}}");

    assertThat(sink.events()).containsExactly(new SessionEvent.Other("ses_1", "session.danced"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "nonsense",
        "[]",
        "{}",
        "{\"type\":7}",
        "{\"type\":\"session.idle\"",
        "{\"type\":\"session.status\",\"properties\":{\"sessionID\":\"ses_1\",\"status\":[1]}}",
        "{\"type\":\"message.updated\",\"properties\":{\"sessionID\":\"ses_1\",\"info\":\"x\"}}"
      })
  void what_cannot_be_read_is_skipped_and_counted(String event) {
    decoder.accept(event);
    decoder.accept("{\"type\":\"session.idle\",\"properties\":{\"sessionID\":\"ses_1\"}}");

    assertThat(decoder.malformed()).isEqualTo(1);
    assertThat(sink.events()).containsExactly(new SessionEvent.Idle("ses_1"));
  }

  @Test
  void an_event_of_endless_depth_is_skipped() {
    decoder.accept("{\"type\":\"x\",\"properties\":" + "{\"a\":".repeat(100_000));
    decoder.accept("{\"payload\":".repeat(100_000));

    assertThat(decoder.malformed()).isEqualTo(2);
  }

  @Test
  void values_of_metadata_that_are_not_texts_are_told_as_their_json() {
    decoder.accept(
        "{\"type\":\"session.created\",\"properties\":{\"info\":{\"id\":\"ses_1\","
            + "\"metadata\":{\"n\":7,\"deep\":{\"a\":[1]},\"nothing\":null}}}}");

    assertThat(sink.of("ses_1", SessionEvent.Created.class).get(0).session().metadata())
        .containsEntry("n", "7")
        .containsEntry("deep", "{\"a\":[1]}");
  }

  private static List<ToolUse.State> toolStates(List<SessionEvent> events) {
    return toolUses(events).stream().map(ToolUse::state).toList();
  }

  private static List<ToolUse> toolUses(List<SessionEvent> events) {
    List<ToolUse> uses = new ArrayList<>();
    for (SessionEvent event : events) {
      if (event instanceof SessionEvent.PartUpdated part && part.toolUse() != null) {
        uses.add(part.toolUse());
      }
    }
    return uses;
  }

  private static List<String> recorded(String name) {
    try (InputStream in = EventDecoderTest.class.getResourceAsStream(name)) {
      return new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
