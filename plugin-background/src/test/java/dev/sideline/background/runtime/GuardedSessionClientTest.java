package dev.sideline.background.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sideline.api.NewSession;
import dev.sideline.api.Prompt;
import dev.sideline.api.Reach;
import dev.sideline.api.Reply;
import dev.sideline.api.Session;
import dev.sideline.api.SessionClient;
import dev.sideline.api.SessionException;
import dev.sideline.api.SessionException.Code;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

class GuardedSessionClientTest {

  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final NewSession REQUEST = new NewSession("parent", "title", null, Map.of());
  private static final Session SESSION = new Session("child", "parent", "title", null, Map.of());

  /** The methods that ask the host for something. */
  enum Method {
    CREATE,
    GET,
    CHILDREN,
    AGENTS,
    STATUSES,
    MESSAGES,
    PROMPT,
    ABORT,
    DELETE,
    PENDING_REQUESTS,
    REPLY;

    CompletableFuture<?> call(GuardedSessionClient client) {
      return switch (this) {
        case CREATE -> client.create(REQUEST);
        case GET -> client.get("s");
        case CHILDREN -> client.children("s");
        case AGENTS -> client.agents("s");
        case STATUSES -> client.statuses();
        case MESSAGES -> client.messages("s", 10);
        case PROMPT ->
            client.prompt(
                new Prompt("s", "msg_1", "do it", null, null, null, Set.of(), true, null));
        case ABORT -> client.abort("s");
        case DELETE -> client.delete("s");
        case PENDING_REQUESTS -> client.pendingRequests();
        case REPLY -> client.reply("r", new Reply.Allow());
      };
    }

    boolean answersNothing() {
      return Set.of(PROMPT, ABORT, DELETE, REPLY).contains(this);
    }
  }

  /** What the host does when it is called. */
  private interface Manner {
    @Nullable CompletionStage<?> stage() throws Throwable;
  }

  private final List<String> called = new ArrayList<>();
  private final Queue<Runnable> executor = new ArrayDeque<>();
  private Manner manner = CompletableFuture::new;
  private long now;

  private final SessionClient host =
      (SessionClient)
          Proxy.newProxyInstance(
              SessionClient.class.getClassLoader(),
              new Class<?>[] {SessionClient.class},
              (proxy, method, arguments) -> {
                called.add(method.getName());
                CompletionStage<?> stage = manner.stage();
                return method.getName().equals("structuredOutput") ? (Object) true : stage;
              });
  private final GuardedSessionClient client =
      new GuardedSessionClient(host, () -> "msg_1", executor::add, LIMIT, () -> now);

  // --- the barrier

  static Stream<Throwable> everyThrowable() {
    return Throwables.all();
  }

  @ParameterizedTest(name = "{index}")
  @MethodSource("everyThrowable")
  void what_the_host_fails_to_say_of_itself_is_as_it_is_by_default(Throwable thrown) {
    manner =
        () -> {
          throw thrown;
        };

    assertThat(client.whereToAnswer()).isEmpty();
    assertThat(client.whereToAnswer("s")).isEmpty();
    assertThat(client.structuredOutput("s")).isFalse();
    assertThat(client.knownAgents()).isEmpty();
    assertThat(client.usualReach()).isEqualTo(Reach.WOKEN);
    assertThat(client.reach("s")).isEqualTo(Reach.WOKEN);
  }

  @Test
  void how_a_session_is_reached_is_not_asked_once_it_is_closed() {
    client.close();
    called.clear();

    assertThat(client.reach("s")).isEqualTo(Reach.WOKEN);
    assertThat(called).isEmpty();
  }

  static Stream<Arguments> everyMethodAndThrowable() {
    return Arrays.stream(Method.values())
        .flatMap(method -> Throwables.all().map(thrown -> Arguments.of(method, thrown)));
  }

  @ParameterizedTest(name = "{0} {index}")
  @MethodSource("everyMethodAndThrowable")
  void whatever_the_host_throws_is_a_session_exception(Method method, Throwable thrown) {
    manner =
        () -> {
          throw thrown;
        };
    SessionException failure = failure(call(method));

    assertThat(failure.code()).isEqualTo(Code.UNCERTAIN);
    assertThat(failure.getMessage()).startsWith("the host failed: ");
  }

  @ParameterizedTest(name = "{0} {index}")
  @MethodSource("everyMethodAndThrowable")
  void whatever_a_stage_fails_with_is_a_session_exception(Method method, Throwable thrown) {
    manner = () -> CompletableFuture.failedFuture(thrown);

    assertThat(failure(call(method)).code()).isEqualTo(Code.UNCERTAIN);
  }

  @ParameterizedTest
  @EnumSource
  void no_stage_is_a_session_exception(Method method) {
    manner = () -> null;

    assertThat(failure(call(method)).code()).isEqualTo(Code.UNCERTAIN);
  }

  @ParameterizedTest
  @EnumSource
  void no_answer_is_a_session_exception_where_there_has_to_be_one(Method method) {
    manner = () -> CompletableFuture.completedFuture(null);
    CompletableFuture<?> call = call(method);

    if (method.answersNothing()) {
      assertThat(call).isCompletedWithValue(null);
    } else {
      assertThat(failure(call).code()).isEqualTo(Code.UNCERTAIN);
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"PROMPT", "ABORT", "DELETE", "REPLY"})
  void an_answer_where_there_is_none_to_give_is_as_good_as_none(Method method) {
    manner = () -> CompletableFuture.completedFuture("done!");

    assertThat(call(method)).isCompletedWithValue(null);
  }

  @ParameterizedTest
  @EnumSource(names = {"CHILDREN", "MESSAGES", "PENDING_REQUESTS"})
  void a_list_with_nothing_in_it_where_there_has_to_be_something_is_a_session_exception(
      Method method) {
    manner = () -> CompletableFuture.completedFuture(Arrays.asList((Object) null));

    assertThat(failure(call(method)).code()).isEqualTo(Code.UNCERTAIN);
  }

  @Test
  void statuses_with_a_null_among_them_are_a_session_exception() {
    Map<String, Object> statuses = new HashMap<>();
    statuses.put("s", null);
    manner = () -> CompletableFuture.completedFuture(statuses);

    assertThat(failure(call(Method.STATUSES)).code()).isEqualTo(Code.UNCERTAIN);
  }

  @Test
  void an_answer_of_another_kind_is_a_session_exception() {
    manner = () -> CompletableFuture.completedFuture("what?");

    assertThat(failure(call(Method.MESSAGES)).code()).isEqualTo(Code.UNCERTAIN);
  }

  @Test
  void what_the_host_says_by_the_contract_is_handed_on() {
    SessionException said = new SessionException(Code.NOT_FOUND, "no such session");
    manner = () -> CompletableFuture.failedFuture(said);

    assertThat(failure(call(Method.MESSAGES))).isSameAs(said);
  }

  @Test
  void an_exception_of_the_hosts_own_says_what_it_can() {
    manner =
        () -> {
          throw new SessionException(Code.INVALID, "no") {
            private static final long serialVersionUID = 1L;

            @Override
            public Code code() {
              throw new IllegalStateException("no code, on purpose");
            }
          };
        };
    assertThat(failure(call(Method.PROMPT)).code()).isEqualTo(Code.UNCERTAIN);

    manner =
        () -> {
          throw new SessionException(Code.INVALID, "no such agent") {
            private static final long serialVersionUID = 1L;
          };
        };
    assertThat(failure(call(Method.PROMPT)).code()).isEqualTo(Code.INVALID);
    assertThat(failure(call(Method.PROMPT))).hasMessage("no such agent");
  }

  // --- the limit

  @ParameterizedTest
  @EnumSource
  void a_call_that_is_not_answered_is_uncertain_at_its_time_and_not_before(Method method) {
    CompletableFuture<?> call = call(method);
    assertThat(client.nextDueMillis()).isEqualTo(LIMIT.toMillis());
    passTo(LIMIT.toMillis() - 1);
    assertThat(call).isNotDone();
    passTo(LIMIT.toMillis());

    assertThat(failure(call).code()).isEqualTo(Code.UNCERTAIN);
    assertThat(failure(call)).hasMessageContaining("within 60 s");
    assertThat(client.nextDueMillis()).isEqualTo(Long.MAX_VALUE);
  }

  @Test
  void a_call_for_which_the_host_was_never_called_is_unavailable_and_not_made_later() {
    CompletableFuture<?> call = Method.PROMPT.call(client);
    passTo(LIMIT.toMillis());
    runWaiting();

    assertThat(failure(call).code()).isEqualTo(Code.UNAVAILABLE);
    assertThat(called).isEmpty();
  }

  @Test
  void an_answer_that_comes_an_hour_late_changes_nothing() {
    CompletableFuture<List<Object>> stage = new CompletableFuture<>();
    manner = () -> stage;
    CompletableFuture<?> call = call(Method.MESSAGES);
    passTo(LIMIT.toMillis());
    stage.complete(List.of());

    assertThat(failure(call).code()).isEqualTo(Code.UNCERTAIN);
  }

  @Test
  void a_session_that_is_created_late_is_told_of() {
    CompletableFuture<Session> stage = new CompletableFuture<>();
    manner = () -> stage;
    List<Session> late = new ArrayList<>();
    CompletableFuture<Session> call = client.create(REQUEST, late::add);
    runWaiting();
    passTo(LIMIT.toMillis());
    assertThat(late).isEmpty();
    stage.complete(SESSION);

    assertThat(late).containsExactly(SESSION);
    assertThat(failure(call).code()).isEqualTo(Code.UNCERTAIN);
  }

  @Test
  void each_call_has_its_own_time_and_those_that_were_answered_take_no_room() {
    CompletableFuture<?> first = call(Method.STATUSES);
    now = 10_000;
    manner = () -> CompletableFuture.completedFuture(Optional.of(SESSION));
    for (int number = 0; number < 1_000; number++) {
      assertThat(call(Method.GET)).isCompleted();
    }
    manner = CompletableFuture::new;
    CompletableFuture<?> last = call(Method.STATUSES);

    passTo(LIMIT.toMillis());
    assertThat(first).isDone();
    assertThat(last).isNotDone();
    assertThat(client.nextDueMillis()).isEqualTo(10_000 + LIMIT.toMillis());
    passTo(10_000 + LIMIT.toMillis());
    assertThat(last).isDone();
  }

  // --- methods that do not come back

  @Test
  void a_method_that_holds_too_many_threads_is_not_called_and_others_are() {
    List<CompletableFuture<?>> inside = new ArrayList<>();
    manner =
        () -> {
          // Comes back only when all that were called after it have: as in threads of their own.
          manner = inside.size() < 2 * Bulkhead.MAX_INSIDE ? manner : CompletableFuture::new;
          inside.add(call(Method.PROMPT));
          return new CompletableFuture<>();
        };
    var held = call(Method.PROMPT);

    assertThat(held).isNotDone();
    assertThat(called).hasSize(Bulkhead.MAX_INSIDE);
    assertThat(inside).filteredOn(CompletableFuture::isDone).hasSize(1);
    assertThat(inside.stream().filter(CompletableFuture::isDone).map(this::failure))
        .extracting(SessionException::code)
        .containsExactly(Code.UNAVAILABLE);
    manner = CompletableFuture::new;
    assertThat(call(Method.PROMPT)).isNotDone();
    assertThat(called).as("they have come back").hasSize(Bulkhead.MAX_INSIDE + 1);
  }

  // --- what needs no request

  @Test
  void whether_answers_can_be_made_to_fit_is_asked_for_each_session() {
    for (Throwable thrown : Throwables.all().toList()) {
      manner =
          () -> {
            throw thrown;
          };
      assertThat(askStructuredOutput()).isCompletedWithValue(false);
    }
    called.clear();
    manner = () -> null;
    assertThat(askStructuredOutput()).isCompletedWithValue(true);
    assertThat(askStructuredOutput()).isCompletedWithValue(true);
    assertThat(client.structuredOutput()).isTrue();
    assertThat(client.structuredOutput("s")).isTrue();
    assertThat(called).hasSize(4);
  }

  // --- the gate

  @ParameterizedTest
  @EnumSource
  void after_the_end_the_host_is_not_called_and_what_was_under_way_has_ended(Method method) {
    CompletableFuture<?> underWay = call(method);
    CompletableFuture<?> waiting = method.call(client);
    called.clear();

    client.close();
    CompletableFuture<?> after = method.call(client);
    runWaiting();

    assertThat(failure(underWay).code()).isEqualTo(Code.UNCERTAIN);
    assertThat(failure(waiting).code()).isEqualTo(Code.UNAVAILABLE);
    assertThat(failure(after).code()).isEqualTo(Code.UNAVAILABLE);
    assertThat(called).isEmpty();
  }

  @Test
  void a_session_that_is_created_after_the_end_is_nobodys_business() {
    CompletableFuture<Session> stage = new CompletableFuture<>();
    manner = () -> stage;
    List<Session> late = new ArrayList<>();
    var unused = client.create(REQUEST, late::add);
    runWaiting();
    client.close();
    stage.complete(SESSION);

    assertThat(late).isEmpty();
  }

  private CompletableFuture<Boolean> askStructuredOutput() {
    CompletableFuture<Boolean> asked = client.askStructuredOutput("s");
    runWaiting();
    return asked;
  }

  private CompletableFuture<?> call(Method method) {
    CompletableFuture<?> call = method.call(client);
    runWaiting();
    return call;
  }

  private void passTo(long millis) {
    now = millis;
    client.endOverdue(millis);
  }

  private void runWaiting() {
    for (Runnable task = executor.poll(); task != null; task = executor.poll()) {
      task.run();
    }
  }

  private SessionException failure(CompletableFuture<?> call) {
    assertThat(call).isCompletedExceptionally();
    Throwable failure = call.handle((answer, thrown) -> thrown).join();
    assertThat(failure).isInstanceOf(SessionException.class);
    return (SessionException) failure;
  }
}
