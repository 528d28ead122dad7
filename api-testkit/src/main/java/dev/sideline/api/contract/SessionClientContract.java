package dev.sideline.api.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import dev.sideline.api.AgentCatalog;
import dev.sideline.api.AgentInfo;
import dev.sideline.api.Message;
import dev.sideline.api.NewSession;
import dev.sideline.api.PendingRequest;
import dev.sideline.api.Prompt;
import dev.sideline.api.Reply;
import dev.sideline.api.Session;
import dev.sideline.api.SessionClient;
import dev.sideline.api.SessionEvent;
import dev.sideline.api.SessionException;
import dev.sideline.api.SessionStatus;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.awaitility.core.ConditionFactory;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * The contract of {@link SessionClient}, for every implementation to pass. A subclass opens its
 * backend in {@link #open}; where the contract leaves a choice to hosts, every allowed choice
 * passes. What a host cannot do, which it says in {@link SessionBackend#abilities}, is skipped.
 */
public abstract class SessionClientContract {

  /** Longer than any real backend needs, so that only a hang reaches it. */
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  /** A call that takes longer than this has waited for something. */
  private static final Duration AT_ONCE = Duration.ofSeconds(1);

  private final EventLog events = new EventLog();
  private final List<Session> roots = new ArrayList<>();
  private SessionBackend backend;
  private SessionClient sessions;

  /**
   * Opens the implementation under test.
   *
   * @param events takes every event of every session, one at a time
   */
  protected abstract SessionBackend open(Consumer<SessionEvent> events) throws Exception;

  @BeforeEach
  void openBackend() throws Exception {
    backend = open(events);
    sessions = backend.sessions();
  }

  @AfterEach
  void closeBackend() {
    if (backend != null) {
      if (can(Ability.DELETE)) {
        roots.forEach(root -> answer(sessions.delete(root.id())));
      }
      backend.close();
    }
    assertThat(events.overlapped()).as("events came two at a time").isFalse();
  }

  // ---- Sessions

  @Test
  void a_created_session_can_be_found_with_all_that_was_given() {
    Session parent = createRoot("parent");
    Session child =
        answer(
            sessions.create(
                new NewSession(parent.id(), "the child", null, Map.of("task", "bg_1", "x", "y"))));

    assertThat(child.parentId()).isEqualTo(parent.id());
    assertThat(child.title()).isEqualTo("the child");
    assertThat(child.metadata()).containsEntry("task", "bg_1").containsEntry("x", "y");
    if (can(Ability.GET)) {
      assertThat(answer(sessions.get(child.id()))).contains(child);
    }
    assertThat(parent.parentId()).isNull();
  }

  @Test
  void a_child_works_in_the_directory_of_its_parent() {
    Session parent = createRoot("parent");
    Session child = createChild(parent, "child");

    assertThat(child.directory()).isEqualTo(parent.directory());
  }

  @Test
  void children_are_the_direct_ones_oldest_first() {
    needs(Ability.CHILDREN);
    Session parent = createRoot("parent");
    Session first = createChild(parent, "first");
    Session second = createChild(parent, "second");
    createChild(first, "grandchild");

    assertThat(answer(sessions.children(parent.id())))
        .extracting(Session::id)
        .containsExactly(first.id(), second.id());
  }

  @Test
  void a_new_session_is_told_of_and_does_nothing() {
    Session session = createRoot("new");

    patiently()
        .until(
            () ->
                events.of(session.id(), SessionEvent.Created.class).stream()
                    .anyMatch(created -> created.session().title().equals("new")));
    assertThat(answer(sessions.statuses())).doesNotContainKey(session.id());
    assertThat(answer(sessions.messages(session.id(), 10))).isEmpty();
  }

  @Test
  void an_unknown_session_has_nothing_and_cannot_be_prompted() {
    for (String unknown : unknownIds()) {
      if (can(Ability.GET)) {
        assertThat(answer(sessions.get(unknown))).as("get %s", unknown).isEmpty();
      }
      if (can(Ability.CHILDREN)) {
        assertThat(answer(sessions.children(unknown))).as("children of %s", unknown).isEmpty();
      }
      assertThat(codeOf(sessions.messages(unknown, 1)))
          .as("messages of %s", unknown)
          .isEqualTo(SessionException.Code.NOT_FOUND);
      Prompt prompt = prompt(unknown, backend.answering("to nobody"));
      assertThat(codeOf(sessions.prompt(prompt)))
          .as("prompt to %s", unknown)
          .isEqualTo(SessionException.Code.NOT_FOUND);
    }
  }

  @Test
  void aborting_or_deleting_an_unknown_session_does_nothing() {
    for (String unknown : unknownIds()) {
      answer(sessions.abort(unknown));
      if (can(Ability.DELETE)) {
        answer(sessions.delete(unknown));
      }
    }
  }

  // ---- A run

  @Test
  void a_prompt_is_answered() {
    Session session = createRoot("session");
    Errand errand = backend.answering("forty-two");
    Prompt prompt = prompt(session.id(), errand);
    answer(sessions.prompt(prompt));
    awaitIdle(session.id(), 1);

    List<Message> messages = answer(sessions.messages(session.id(), 10));
    Message answer = messages.get(0);
    Message question = messages.get(messages.size() - 1);
    assertThat(question.id()).isEqualTo(prompt.messageId());
    assertThat(question.role()).isEqualTo(Message.Role.USER);
    assertThat(question.text()).isEqualTo(errand.prompt());
    assertThat(question.agent()).isEqualTo(errand.agent());
    assertThat(answer.role()).isEqualTo(Message.Role.ASSISTANT);
    assertThat(answer.agent()).isEqualTo(errand.agent());
    assertThat(answer.text()).isEqualTo("forty-two");
    assertThat(answer.failure()).isNull();
    assertThat(answer.completedAt()).isNotNull();
  }

  @Test
  void the_answer_is_complete_and_readable_when_idle_is_told() {
    Session session = createRoot("session");
    List<CompletionStage<List<Message>>> seenAtIdle = new ArrayList<>();
    events.listen(
        event -> {
          if (event instanceof SessionEvent.Idle && event.sessionId().equals(session.id())) {
            seenAtIdle.add(sessions.messages(session.id(), 10));
          }
        });
    answer(sessions.prompt(prompt(session.id(), backend.answering("ready"))));
    awaitIdle(session.id(), 1);

    patiently().until(() -> !seenAtIdle.isEmpty());
    Message answer = answer(seenAtIdle.get(0)).get(0);
    assertThat(answer.role()).isEqualTo(Message.Role.ASSISTANT);
    assertThat(answer.text()).isEqualTo("ready");
    assertThat(answer.completedAt()).isNotNull();
    assertThat(answer.toolUses()).allMatch(use -> use.state().ended());
  }

  @Test
  void the_events_of_a_run_come_in_order() {
    Session session = createRoot("session");
    answer(sessions.prompt(prompt(session.id(), backend.answering("in order"))));
    awaitIdle(session.id(), 1);

    List<SessionEvent> run = events.of(session.id());
    int busy = first(run, this::tellsOfWork);
    int begun = first(run, event -> isAnswer(event, false));
    int part = first(run, SessionEvent.PartUpdated.class::isInstance);
    int completed = first(run, event -> isAnswer(event, true));
    int idle = first(run, SessionEvent.Idle.class::isInstance);
    assertThat(List.of(busy, part, begun, completed)).as("told of, in %s", run).doesNotContain(-1);
    assertThat(busy).isLessThan(completed);
    assertThat(begun).isLessThan(completed);
    assertThat(part).isLessThan(idle);
    assertThat(completed).isLessThan(idle);
  }

  @Test
  void messages_come_newest_first_and_no_more_than_asked_for() {
    Session session = createRoot("session");
    answer(sessions.prompt(prompt(session.id(), backend.answering("one"))));
    awaitIdle(session.id(), 1);
    int idles = idles(session.id());
    answer(sessions.prompt(prompt(session.id(), backend.answering("two"))));
    awaitIdle(session.id(), idles + 1);
    patiently().until(() -> newest(session.id()).text().equals("two"));

    List<Message> all = answer(sessions.messages(session.id(), 100));
    assertThat(all)
        .filteredOn(message -> message.role() == Message.Role.ASSISTANT)
        .extracting(Message::text)
        .containsExactly("two", "one");
    assertThat(answer(sessions.messages(session.id(), 2))).isEqualTo(all.subList(0, 2));
    assertThat(answer(sessions.messages(session.id(), 1))).isEqualTo(all.subList(0, 1));
  }

  @Test
  void a_prompt_is_accepted_before_it_is_answered_and_the_session_shows_as_working() {
    Session working = createRoot("working");
    Session resting = createRoot("resting");
    HeldErrand held = backend.holding("begun ", "ended");

    answer(sessions.prompt(prompt(working.id(), held.errand())));
    patiently().until(() -> answer(sessions.statuses()).containsKey(working.id()));
    assertThat(answer(sessions.statuses()).get(working.id()))
        .isNotNull()
        .extracting(SessionStatus::kind)
        .isEqualTo(SessionStatus.Kind.BUSY);
    assertThat(answer(sessions.statuses())).doesNotContainKey(resting.id());

    held.release();
    awaitIdle(working.id(), 1);
    patiently().until(() -> !answer(sessions.statuses()).containsKey(working.id()));
    assertThat(newest(working.id()).text()).isEqualTo("begun ended");
  }

  @Test
  void a_prompt_repeated_with_the_same_message_id_changes_nothing() {
    Session session = createRoot("session");
    HeldErrand held = backend.holding("once", "");
    Prompt prompt = prompt(session.id(), held.errand());
    answer(sessions.prompt(prompt));
    awaitBegun(session.id());
    answer(sessions.prompt(prompt));
    held.release();
    awaitIdle(session.id(), 1);
    answer(sessions.prompt(prompt));
    letAnotherSessionDoARun();

    assertThat(answer(sessions.messages(session.id(), 10)))
        .extracting(Message::role)
        .containsExactly(Message.Role.ASSISTANT, Message.Role.USER);
    assertThat(answer(sessions.messages(session.id(), 10)).get(1).text()).isEqualTo(prompt.text());
  }

  @Test
  void a_prompt_that_wakes_nobody_is_only_there_to_read() {
    Session session = createRoot("session");
    Errand errand = backend.answering("never written");
    Prompt quiet =
        new Prompt(
            session.id(),
            sessions.newMessageId(),
            errand.prompt(),
            errand.agent(),
            null,
            null,
            Set.of(),
            false,
            null);
    answer(sessions.prompt(quiet));
    letAnotherSessionDoARun();

    assertThat(answer(sessions.messages(session.id(), 10)))
        .extracting(Message::id)
        .containsExactly(quiet.messageId());
    assertThat(answer(sessions.statuses())).doesNotContainKey(session.id());
  }

  @Test
  void a_prompt_to_a_working_session_is_answered_after_what_it_is_doing() {
    Session session = createRoot("session");
    HeldErrand held = backend.holding("first ", "done");
    answer(sessions.prompt(prompt(session.id(), held.errand())));
    awaitBegun(session.id());
    Prompt second = prompt(session.id(), backend.answering("second done"));
    answer(sessions.prompt(second));
    held.release();

    patiently()
        .until(
            () ->
                newest(session.id()).text().equals("second done")
                    && newest(session.id()).completedAt() != null);
    patiently().until(() -> !answer(sessions.statuses()).containsKey(session.id()));
    assertThat(answer(sessions.messages(session.id(), 10)))
        .extracting(Message::id)
        .contains(second.messageId());
  }

  // ---- Failure

  @Test
  void an_unknown_agent_is_refused_or_told_of_and_leaves_the_session_idle() {
    Session session = createRoot("session");
    Errand errand = new Errand("no-such-agent", "hello?");
    SessionException.@Nullable Code refusal =
        refusalOf(sessions.prompt(prompt(session.id(), errand)));

    if (refusal == null) {
      patiently().until(() -> !events.of(session.id(), SessionEvent.Failed.class).isEmpty());
    } else {
      assertThat(refusal).isEqualTo(SessionException.Code.INVALID);
    }
    patiently().until(() -> !answer(sessions.statuses()).containsKey(session.id()));
  }

  @Test
  void a_failure_is_told_of_and_leaves_the_session_idle_and_usable() {
    Session session = createRoot("session");
    answer(sessions.prompt(prompt(session.id(), backend.failing())));

    awaitIdle(session.id(), 1);
    patiently()
        .until(
            () -> {
              boolean onMessage =
                  answer(sessions.messages(session.id(), 10)).stream()
                      .anyMatch(message -> message.failure() != null);
              return onMessage || !events.of(session.id(), SessionEvent.Failed.class).isEmpty();
            });
    patiently().until(() -> !answer(sessions.statuses()).containsKey(session.id()));
    answer(sessions.prompt(prompt(session.id(), backend.answering("better now"))));
    patiently().until(() -> newest(session.id()).text().equals("better now"));
    patiently().until(() -> !answer(sessions.statuses()).containsKey(session.id()));
  }

  // ---- Stopping

  @Test
  void an_abort_stops_a_session_and_keeps_what_it_had_written() {
    Session session = createRoot("session");
    HeldErrand held = backend.holding("this much ", "and no more");
    answer(sessions.prompt(prompt(session.id(), held.errand())));
    awaitBegun(session.id());
    answer(sessions.abort(session.id()));

    awaitIdle(session.id(), 1);
    patiently().until(() -> !answer(sessions.statuses()).containsKey(session.id()));
    held.release();
    Message cut = newest(session.id());
    assertThat(cut.role()).isEqualTo(Message.Role.ASSISTANT);
    assertThat(cut.text()).startsWith("this much").doesNotContain("no more");
    if (cut.failure() == null) {
      assertThat(cut.completedAt()).isNotNull();
    } else {
      assertThat(cut.failure().aborted()).as("%s", cut.failure()).isTrue();
    }
  }

  @Test
  void a_session_can_be_prompted_again_after_an_abort() {
    Session session = createRoot("session");
    HeldErrand held = backend.holding("this much ", "and no more");
    answer(sessions.prompt(prompt(session.id(), held.errand())));
    awaitBegun(session.id());
    answer(sessions.abort(session.id()));
    patiently().until(() -> !answer(sessions.statuses()).containsKey(session.id()));
    answer(sessions.prompt(prompt(session.id(), backend.answering("again"))));

    patiently().until(() -> newest(session.id()).text().equals("again"));
    held.release();
  }

  @Test
  void an_abort_of_an_idle_session_changes_nothing() {
    Session session = createRoot("session");
    answer(sessions.prompt(prompt(session.id(), backend.answering("kept"))));
    awaitIdle(session.id(), 1);
    List<Message> before = answer(sessions.messages(session.id(), 10));
    answer(sessions.abort(session.id()));
    letAnotherSessionDoARun();

    assertThat(answer(sessions.messages(session.id(), 10))).isEqualTo(before);
  }

  @Test
  void a_delete_stops_and_removes_a_session_and_its_children() {
    needs(Ability.DELETE);
    Session parent = createRoot("parent");
    Session child = createChild(parent, "child");
    Session grandchild = createChild(child, "grandchild");
    HeldErrand held = backend.holding("this much ", "and no more");
    answer(sessions.prompt(prompt(grandchild.id(), held.errand())));
    awaitBegun(grandchild.id());
    answer(sessions.delete(parent.id()));

    patiently().until(() -> !events.of(parent.id(), SessionEvent.Deleted.class).isEmpty());
    assertThat(events.all(SessionEvent.Deleted.class))
        .extracting(SessionEvent.Deleted::sessionId)
        .containsSubsequence(grandchild.id(), child.id(), parent.id());
    for (Session gone : List.of(parent, child, grandchild)) {
      if (can(Ability.GET)) {
        assertThat(answer(sessions.get(gone.id()))).isEmpty();
      }
      assertThat(codeOf(sessions.messages(gone.id(), 1)))
          .isEqualTo(SessionException.Code.NOT_FOUND);
    }
    patiently().until(() -> !answer(sessions.statuses()).containsKey(grandchild.id()));
    held.release();
  }

  // ---- Permissions and questions

  @Test
  void a_permission_is_waited_for_and_once_given_the_agent_goes_on() {
    needs(Ability.REQUESTS);
    Session session = createRoot("session");
    answer(sessions.prompt(prompt(session.id(), backend.askingPermission())));
    PendingRequest asked = awaitRequest(session.id());

    assertThat(asked.kind()).isEqualTo(PendingRequest.Kind.PERMISSION);
    assertThat(asked.text()).contains("echo allowed");
    assertThat(asked.options()).containsExactly("allow", "always", "reject");
    assertThat(answer(sessions.pendingRequests())).contains(asked);
    assertThat(answer(sessions.statuses())).containsKey(session.id());
    assertThat(idles(session.id())).isZero();
    answer(sessions.reply(asked.id(), new Reply.Allow()));
    awaitIdle(session.id(), 1);

    assertThat(newest(session.id()).text()).contains("allowed");
    assertThat(answer(sessions.pendingRequests())).doesNotContain(asked);
    assertThat(answeredRequests(session.id())).contains(asked.id());
    assertThat(codeOf(sessions.reply(asked.id(), new Reply.Allow())))
        .isEqualTo(SessionException.Code.NOT_FOUND);
  }

  @Test
  void an_agent_is_told_why_it_is_refused_and_goes_on() {
    needs(Ability.REQUESTS);
    for (Errand errand : List.of(backend.askingPermission(), backend.askingQuestion())) {
      Session session = createRoot("session");
      answer(sessions.prompt(prompt(session.id(), errand)));
      PendingRequest asked = awaitRequest(session.id());
      answer(sessions.reply(asked.id(), new Reply.Reject("ask the boss")));
      awaitIdle(session.id(), 1);

      assertThat(newest(session.id()).text()).contains("ask the boss");
      assertThat(answeredRequests(session.id())).contains(asked.id());
    }
  }

  @Test
  void an_agent_that_is_refused_without_a_reason_goes_on_as_well() {
    needs(Ability.REQUESTS);
    for (Errand errand : List.of(backend.askingPermission(), backend.askingQuestion())) {
      Session session = createRoot("session");
      answer(sessions.prompt(prompt(session.id(), errand)));
      PendingRequest asked = awaitRequest(session.id());
      answer(sessions.reply(asked.id(), new Reply.Reject(null)));
      awaitIdle(session.id(), 1);

      assertThat(newest(session.id()).finish()).isEqualTo("stop");
      assertThat(answeredRequests(session.id())).contains(asked.id());
    }
  }

  @Test
  void a_question_is_waited_for_and_its_answer_reaches_the_agent() {
    needs(Ability.REQUESTS);
    Session session = createRoot("session");
    answer(sessions.prompt(prompt(session.id(), backend.askingQuestion())));
    PendingRequest asked = awaitRequest(session.id());

    assertThat(asked.kind()).isEqualTo(PendingRequest.Kind.QUESTION);
    assertThat(asked.text()).contains("Tea or coffee?");
    assertThat(asked.options()).containsExactly("Tea", "Coffee");
    assertThat(answer(sessions.pendingRequests())).contains(asked);
    answer(sessions.reply(asked.id(), new Reply.Answer(List.of(List.of("cold milk")))));
    awaitIdle(session.id(), 1);

    assertThat(newest(session.id()).text()).contains("cold milk");
    assertThat(answer(sessions.pendingRequests())).doesNotContain(asked);
    assertThat(answeredRequests(session.id())).contains(asked.id());
  }

  @Test
  void a_reply_that_does_not_fit_is_refused_and_the_request_goes_on_waiting() {
    needs(Ability.REQUESTS);
    Session session = createRoot("session");
    answer(sessions.prompt(prompt(session.id(), backend.askingPermission())));
    PendingRequest permission = awaitRequest(session.id());
    Session other = createRoot("other");
    answer(sessions.prompt(prompt(other.id(), backend.askingQuestion())));
    PendingRequest question = awaitRequest(other.id());

    assertThat(codeOf(sessions.reply(permission.id(), new Reply.Answer(List.of(List.of("yes"))))))
        .isEqualTo(SessionException.Code.INVALID);
    assertThat(codeOf(sessions.reply(question.id(), new Reply.AllowAlways())))
        .isEqualTo(SessionException.Code.INVALID);
    assertThat(answer(sessions.pendingRequests())).contains(permission, question);
    answer(sessions.abort(session.id()));
    answer(sessions.abort(other.id()));
  }

  @Test
  void a_request_does_not_outlive_what_asked_it() {
    needs(Ability.REQUESTS);
    Session session = createRoot("session");
    answer(sessions.prompt(prompt(session.id(), backend.askingPermission())));
    PendingRequest asked = awaitRequest(session.id());
    answer(sessions.abort(session.id()));

    patiently().until(() -> !answer(sessions.pendingRequests()).contains(asked));
    patiently().until(() -> answeredRequests(session.id()).contains(asked.id()));
    patiently().until(() -> !answer(sessions.statuses()).containsKey(session.id()));
    assertThat(codeOf(sessions.reply(asked.id(), new Reply.Allow())))
        .isEqualTo(SessionException.Code.NOT_FOUND);
  }

  // ---- The rest

  @Test
  void the_agents_that_a_session_may_have_work_are_told_by_name() {
    needs(Ability.AGENTS);
    Session session = createRoot("session");
    String works = backend.answering("x").agent();
    AgentCatalog catalog = answer(sessions.agents(session.id()));

    assertThat(catalog.agents())
        .extracting(AgentInfo::name)
        .doesNotHaveDuplicates()
        .contains(works);
    if (catalog.byDefault() != null) {
      assertThat(catalog.find(catalog.byDefault()))
          .hasValueSatisfying(
              agent -> assertThat(agent.access()).isEqualTo(AgentInfo.Access.OFFERED));
    }
    assertThat(codeOf(sessions.agents("ses_nobody_has_this_one")))
        .isEqualTo(SessionException.Code.NOT_FOUND);
  }

  @Test
  void what_a_host_cannot_do_fails_as_unsupported() {
    Session session = createRoot("session");
    Map<Ability, Supplier<CompletionStage<?>>> calls =
        Map.of(
            Ability.GET, () -> sessions.get(session.id()),
            Ability.CHILDREN, () -> sessions.children(session.id()),
            Ability.AGENTS, () -> sessions.agents(session.id()),
            Ability.DELETE, () -> sessions.delete(session.id()),
            Ability.REQUESTS, () -> sessions.reply("per_nobody_asked", new Reply.Allow()));
    calls.forEach(
        (ability, call) -> {
          if (!can(ability)) {
            assertThat(codeOf(call.get()))
                .as("%s", ability)
                .isEqualTo(SessionException.Code.UNSUPPORTED);
          }
        });

    assertThat(calls).containsOnlyKeys(Ability.values());
  }

  @Test
  void a_reply_to_a_request_that_does_not_wait_is_not_found() {
    needs(Ability.REQUESTS);
    assertThat(codeOf(sessions.reply("per_nobody_asked", new Reply.Allow())))
        .isEqualTo(SessionException.Code.NOT_FOUND);
    assertThat(codeOf(sessions.reply("nonsense/../x", new Reply.Answer(List.of(List.of("a"))))))
        .isEqualTo(SessionException.Code.NOT_FOUND);
  }

  @Test
  void nothing_waits_for_an_answer_in_a_session_that_has_not_asked() {
    Session session = createRoot("session");

    assertThat(answer(sessions.pendingRequests()))
        .noneMatch(request -> request.sessionId().equals(session.id()));
  }

  @Test
  void new_message_ids_ascend_and_are_never_given_twice() {
    List<String> ids = IntStream.range(0, 5000).mapToObj(i -> sessions.newMessageId()).toList();

    assertThat(ids).isSorted().doesNotHaveDuplicates();
    List<String> atOnce =
        IntStream.range(0, 5000).parallel().mapToObj(i -> sessions.newMessageId()).toList();
    assertThat(atOnce).doesNotHaveDuplicates().doesNotContainAnyElementsOf(ids);
  }

  @Test
  void every_call_returns_at_once_even_if_no_answer_comes() {
    Session session = createRoot("session");
    List<Supplier<CompletionStage<?>>> calls =
        List.of(
            () -> sessions.create(new NewSession(session.id(), "late", null, Map.of())),
            () -> sessions.get(session.id()),
            () -> sessions.children(session.id()),
            () -> sessions.statuses(),
            () -> sessions.messages(session.id(), 1),
            () -> sessions.prompt(prompt(session.id(), backend.answering("late"))),
            () -> sessions.abort(session.id()),
            () -> sessions.pendingRequests(),
            () -> sessions.reply("per_nobody_asked", new Reply.Allow()),
            () -> sessions.delete("ses_nobody"),
            () -> sessions.get(""),
            () -> sessions.get("../../etc/passwd?x=y#z"),
            () -> sessions.messages("with a space and \n a line", 1));
    // The first call of each kind pays for class loading.
    calls.forEach(call -> settle(call.get()));

    List<CompletionStage<?>> late = new ArrayList<>();
    try (SessionBackend.Stall stall = backend.stall()) {
      assertThat(stall).isNotNull();
      for (Supplier<CompletionStage<?>> call : calls) {
        long before = System.nanoTime();
        late.add(call.get());
        assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(AT_ONCE);
      }
    }
    late.forEach(SessionClientContract::settle);
  }

  // ---- Words for the tests

  private boolean can(Ability ability) {
    return backend.abilities().contains(ability);
  }

  /** Skips the test for a host that cannot do what it is about. */
  private void needs(Ability ability) {
    assumeThat(backend.abilities()).as("what this host can do").contains(ability);
  }

  /** A session without a parent, deleted when the test is over. */
  protected final Session createRoot(String title) {
    Session root = answer(sessions.create(new NewSession(null, title, null, Map.of())));
    roots.add(root);
    return root;
  }

  private Session createChild(Session parent, String title) {
    return answer(sessions.create(new NewSession(parent.id(), title, null, Map.of())));
  }

  private Prompt prompt(String sessionId, Errand errand) {
    return new Prompt(
        sessionId,
        sessions.newMessageId(),
        errand.prompt(),
        errand.agent(),
        null,
        null,
        Set.of(),
        true,
        null);
  }

  private static List<String> unknownIds() {
    return List.of("ses_0000000000000000000000000", "nonsense", "a/../b c?d=e");
  }

  /** By the end of it, whatever an earlier call had set going has had its chance. */
  private void letAnotherSessionDoARun() {
    Session other = createRoot("other");
    answer(sessions.prompt(prompt(other.id(), backend.answering("passing by"))));
    awaitIdle(other.id(), 1);
  }

  private PendingRequest awaitRequest(String sessionId) {
    patiently().until(() -> !events.of(sessionId, SessionEvent.RequestAsked.class).isEmpty());
    return events.of(sessionId, SessionEvent.RequestAsked.class).get(0).request();
  }

  private List<String> answeredRequests(String sessionId) {
    return events.of(sessionId, SessionEvent.RequestAnswered.class).stream()
        .map(SessionEvent.RequestAnswered::requestId)
        .toList();
  }

  private void awaitIdle(String sessionId, int times) {
    patiently().until(() -> idles(sessionId) >= times);
  }

  private int idles(String sessionId) {
    return events.of(sessionId, SessionEvent.Idle.class).size();
  }

  /** Waits until the agent has written something, as the events tell and the messages show. */
  private void awaitBegun(String sessionId) {
    patiently()
        .until(
            () ->
                !events.of(sessionId, SessionEvent.PartUpdated.class).isEmpty()
                    && (backend.toldOfText(sessionId) || showsText(newest(sessionId))));
  }

  private static boolean showsText(Message message) {
    return message.role() == Message.Role.ASSISTANT && !message.text().isBlank();
  }

  private Message newest(String sessionId) {
    return answer(sessions.messages(sessionId, 1)).get(0);
  }

  private boolean tellsOfWork(SessionEvent event) {
    return event instanceof SessionEvent.StatusChanged changed
        && changed.status().kind() == SessionStatus.Kind.BUSY;
  }

  private static boolean isAnswer(SessionEvent event, boolean completed) {
    return event instanceof SessionEvent.MessageUpdated updated
        && updated.message().role() == Message.Role.ASSISTANT
        && (updated.message().completedAt() != null) == completed;
  }

  private static int first(List<SessionEvent> events, Predicate<SessionEvent> predicate) {
    return IntStream.range(0, events.size())
        .filter(i -> predicate.test(events.get(i)))
        .findFirst()
        .orElse(-1);
  }

  private static ConditionFactory patiently() {
    return await().pollInSameThread().pollInterval(Duration.ofMillis(10)).atMost(PATIENCE);
  }

  /** The answer to a call that succeeds. */
  private static <T> T answer(CompletionStage<T> stage) {
    try {
      return stage.toCompletableFuture().get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      throw new AssertionError("the call failed: " + e.getCause(), e.getCause());
    } catch (InterruptedException | TimeoutException e) {
      throw new AssertionError("the call was not answered", e);
    }
  }

  private static SessionException.@Nullable Code refusalOf(CompletionStage<?> stage) {
    try {
      stage.toCompletableFuture().get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
      return null;
    } catch (ExecutionException e) {
      if (e.getCause() instanceof SessionException refusal) {
        assertThat(refusal).message().isNotBlank();
        return refusal.code();
      }
      throw new AssertionError("failed with another exception: " + e.getCause(), e.getCause());
    } catch (InterruptedException | TimeoutException e) {
      throw new AssertionError("the call was not answered", e);
    }
  }

  /** The code of a call that fails. */
  private static SessionException.Code codeOf(CompletionStage<?> stage) {
    SessionException.@Nullable Code code = refusalOf(stage);
    if (code == null) {
      return fail("the call succeeded: %s", stage);
    }
    return code;
  }

  /** Waits for any answer at all, which must come within bounded time. */
  private static void settle(CompletionStage<?> stage) {
    refusalOf(stage);
  }
}
