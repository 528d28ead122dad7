package dev.sideline.background.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sideline.api.ModelRef;
import dev.sideline.api.PendingRequest;
import dev.sideline.api.Reach;
import dev.sideline.api.Reply;
import dev.sideline.api.Usage;
import dev.sideline.background.engine.protocol.Changes;
import dev.sideline.background.engine.protocol.Changes.AccountRow;
import dev.sideline.background.engine.protocol.Changes.MessageRow;
import dev.sideline.background.engine.protocol.Changes.MeterRow;
import dev.sideline.background.engine.protocol.Changes.MeterRow.Costs;
import dev.sideline.background.engine.protocol.Changes.MeterRow.MessageCost;
import dev.sideline.background.engine.protocol.Changes.MeterRow.ToolCalls;
import dev.sideline.background.engine.protocol.Changes.NoticeRenaming;
import dev.sideline.background.engine.protocol.Changes.NoticeRow;
import dev.sideline.background.engine.protocol.Changes.OutcomeRow;
import dev.sideline.background.engine.protocol.Changes.TaskRow;
import dev.sideline.background.engine.protocol.Changes.TaskStateRow;
import dev.sideline.background.engine.protocol.Handling;
import dev.sideline.background.engine.protocol.Handling.Asked;
import dev.sideline.background.engine.protocol.Handling.Attempts;
import dev.sideline.background.engine.protocol.Handling.End;
import dev.sideline.background.engine.protocol.Handling.Messages;
import dev.sideline.background.engine.protocol.Handling.Stop;
import dev.sideline.background.engine.protocol.Handling.Told;
import dev.sideline.background.engine.protocol.Lookup;
import dev.sideline.background.engine.protocol.Lookup.Found;
import dev.sideline.background.engine.protocol.MessagePurpose;
import dev.sideline.background.engine.protocol.Recorded;
import dev.sideline.background.engine.protocol.Recorded.RecordedTask;
import dev.sideline.background.task.Budget;
import dev.sideline.background.task.LaunchOptions;
import dev.sideline.background.task.LaunchOptions.Notify;
import dev.sideline.background.task.Outcome;
import dev.sideline.background.task.Outcome.Reason;
import dev.sideline.background.task.Progress;
import dev.sideline.background.task.Provenance;
import dev.sideline.background.task.SampleTasks;
import dev.sideline.background.task.Spending;
import dev.sideline.background.task.Task;
import dev.sideline.background.task.TaskId;
import dev.sideline.background.task.TaskSpec;
import dev.sideline.background.task.TaskStatus;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** What any store does with rows: they go in, and what is recorded comes out as a whole. */
abstract class TaskStoreContract {

  private static final Task PENDING = SampleTasks.pending("bg_a");
  private static final Task RUNNING = SampleTasks.running("bg_a");
  private static final Task COMPLETED = SampleTasks.completed("bg_a", 5, "42");

  /** The store that is looked at. */
  abstract TaskStore store();

  // --- tasks

  @Test
  void a_task_is_put_together_from_what_was_recorded_of_it() {
    save(new Changes.Builder().create(TaskRow.of(PENDING, state(PENDING, 1))));
    assertThat(tasks()).extracting(RecordedTask::task).containsExactly(PENDING);

    save(new Changes.Builder().move(state(RUNNING, 2)));
    assertThat(tasks()).extracting(RecordedTask::task).containsExactly(RUNNING);

    save(new Changes.Builder().move(state(COMPLETED, 3)).end(outcomeOf(COMPLETED)));
    assertThat(tasks()).extracting(RecordedTask::task).containsExactly(COMPLETED);
    assertThat(tasks().get(0).version()).isEqualTo(3);
  }

  @Test
  void everything_of_a_task_comes_back_as_it_was() {
    Task task = full();
    Handling handling = fullHandling();
    save(
        new Changes.Builder()
            .create(TaskRow.of(task, TaskStateRow.of(task, 7, handling)))
            .end(outcomeOf(task)));

    RecordedTask recorded = tasks().get(0);
    assertThat(recorded.task()).isEqualTo(task);
    assertThat(recorded.handling()).isEqualTo(handling);
  }

  @Test
  void whatever_texts_agents_write_they_are_recorded() {
    String text = "tab\t, nul \0, half \ud83d and a whole \ud83d\ude00, 'quotes', \"more\", 日本";
    TaskSpec spec = new TaskSpec(text, text.repeat(1_000), "agent", null, null, null, null);
    Task task =
        Task.pending(
            new TaskId("bg_a"),
            List.of("parent"),
            spec,
            LaunchOptions.NONE,
            Provenance.LAUNCHED,
            null,
            0);
    save(new Changes.Builder().create(TaskRow.of(task, state(task, 1))));

    String read = tasks().get(0).task().spec().description();
    assertThat(read.replace('\uFFFD', '\ud83d')).isEqualTo(text);
    assertThat(tasks().get(0).task().spec().prompt()).hasSize(1_000 * text.length());
  }

  @Test
  void what_is_recorded_twice_is_recorded_once() {
    Changes changes =
        new Changes.Builder()
            .create(TaskRow.of(PENDING, state(PENDING, 1)))
            .keep(message("bg_a", 1))
            .meter(meter("bg_a"))
            .put(account("parent", 1))
            .owe(notice("msg_1"))
            .drain();
    save(changes);
    save(changes);

    Recorded recorded = load();
    assertThat(recorded.tasks()).hasSize(1);
    assertThat(recorded.messages()).hasSize(1);
    assertThat(recorded.meters()).hasSize(1);
    assertThat(recorded.accounts()).hasSize(1);
    assertThat(recorded.owed()).hasSize(1);
  }

  @Test
  void a_task_that_is_forgotten_is_gone_with_all_that_is_its() {
    save(
        new Changes.Builder()
            .create(TaskRow.of(PENDING, state(PENDING, 1)))
            .keep(message("bg_a", 1))
            .meter(meter("bg_a")));
    save(new Changes.Builder().forget(PENDING.id()));
    save(new Changes.Builder().move(state(RUNNING, 2)));

    assertThat(load()).isEqualTo(Recorded.NOTHING);
  }

  // --- what is read when it has left memory

  @Test
  void a_finished_task_is_found_by_its_id_by_its_session_and_by_its_key() {
    Task task = closed("bg_a", 1, "parent");
    Changes.Builder changes = new Changes.Builder();
    add(changes, task);
    save(changes);

    assertThat(found(new Lookup.ById(task.id()))).isEqualTo(Found.of(List.of(task)));
    assertThat(found(new Lookup.OfSession("ses_bg_a"))).isEqualTo(Found.of(List.of(task)));
    assertThat(found(new Lookup.ByKey("parent", "key bg_a"))).isEqualTo(Found.of(List.of(task)));
    assertThat(found(new Lookup.ById(new TaskId("bg_b")))).isEqualTo(Found.NOTHING);
    assertThat(found(new Lookup.OfSession("ses_bg_b"))).isEqualTo(Found.NOTHING);
    assertThat(found(new Lookup.ByKey("another", "key bg_a"))).isEqualTo(Found.NOTHING);
  }

  @Test
  void what_is_live_or_still_to_be_told_is_not_found() {
    Task told = closed("bg_a", 1, "parent");
    save(
        new Changes.Builder()
            .create(TaskRow.of(RUNNING, state(RUNNING, 1)))
            .create(TaskRow.of(told, TaskStateRow.of(told, 1, ended(Told.UNTOLD)))));

    assertThat(found(new Lookup.ById(told.id()))).isEqualTo(Found.NOTHING);
    assertThat(found(new Lookup.NewestOfTree("parent", null, 10))).isEqualTo(Found.NOTHING);
    assertThat(page(Long.MAX_VALUE, 10)).isEmpty();
  }

  @Test
  void the_newest_below_a_session_are_found_with_how_many_there_are() {
    Changes.Builder changes = new Changes.Builder();
    for (int i = 1; i <= 5; i++) {
      add(changes, closed("bg_" + i, i, "ses_inner", "ses_outer"));
    }
    add(changes, closed("bg_other", 6, "ses_other"));
    save(changes);

    assertThat(found(new Lookup.NewestOfTree("ses_outer", null, 2)).tasks())
        .extracting(task -> task.id().value())
        .containsExactly("bg_5", "bg_4");
    assertThat(found(new Lookup.NewestOfTree("ses_inner", null, 2)).total()).isEqualTo(5);
    assertThat(found(new Lookup.NewestOfTree("ses_outer", TaskStatus.FAILED, 2)))
        .isEqualTo(Found.NOTHING);
    assertThat(found(new Lookup.NewestOfTree("ses_other", TaskStatus.COMPLETED, 2)).tasks())
        .hasSize(1);
    assertThat(found(new Lookup.IdsOfTree("ses_outer")).ids())
        .extracting(TaskId::value)
        .containsExactlyInAnyOrder("bg_1", "bg_2", "bg_3", "bg_4", "bg_5");
    assertThat(found(new Lookup.IdsOfParent("ses_inner")).ids()).hasSize(5);
    assertThat(found(new Lookup.IdsOfParent("ses_outer"))).isEqualTo(Found.NOTHING);
  }

  @Test
  void pages_have_all_that_is_finished_newest_first() {
    Changes.Builder changes = new Changes.Builder();
    for (int i = 1; i <= 5; i++) {
      add(changes, closed("bg_" + i, i, "parent"));
    }
    save(changes);

    assertThat(page(Long.MAX_VALUE, 3)).extracting(Task::number).containsExactly(5L, 4L, 3L);
    assertThat(page(3, 3)).extracting(Task::number).containsExactly(2L, 1L);
  }

  @Test
  void what_ended_before_a_time_is_purged_for_good_and_nothing_else_is() {
    Changes.Builder changes = new Changes.Builder();
    for (int i = 1; i <= 5; i++) {
      add(changes, closed("bg_" + i, i, "parent"));
    }
    Task live = SampleTasks.running("bg_live");
    save(changes.create(TaskRow.of(live, state(live, 1))));

    assertThat(store().purge(3).toCompletableFuture().orTimeout(60, TimeUnit.SECONDS).join())
        .isEqualTo(2);
    assertThat(page(Long.MAX_VALUE, 10)).extracting(Task::number).containsExactly(5L, 4L, 3L);
    assertThat(found(new Lookup.IdsOfTree("parent")).ids()).hasSize(3);
    assertThat(tasks()).extracting(recorded -> recorded.task().id()).contains(live.id());
  }

  static Task closed(String id, int number, String... ancestors) {
    return closed(id, number, number, ancestors);
  }

  static Task closed(String id, int number, int settledMillis, String... ancestors) {
    Task ended = SampleTasks.completed(id, settledMillis, "42");
    LaunchOptions options =
        new LaunchOptions(0, Notify.EACH, 0, 0, Budget.UNLIMITED, "key " + id, null);
    return new Task(
        ended.id(),
        number,
        List.of(ancestors),
        ended.spec(),
        options,
        ended.provenance(),
        ended.status(),
        ended.session(),
        ended.activation(),
        ended.promptId(),
        ended.model(),
        ended.createdMillis(),
        ended.startedMillis(),
        ended.settledMillis(),
        ended.progress(),
        ended.outcome());
  }

  static void add(Changes.Builder changes, Task task) {
    changes
        .create(TaskRow.of(task, TaskStateRow.of(task, 1, ended(Told.CLOSED))))
        .end(outcomeOf(task));
  }

  private static Handling ended(Told told) {
    return new Handling(null, false, Attempts.NONE, Messages.NONE, List.of(), new End(told, 1));
  }

  private Found found(Lookup lookup) {
    return store().find(lookup).toCompletableFuture().orTimeout(60, TimeUnit.SECONDS).join();
  }

  private List<Task> page(long beforeNumber, int limit) {
    return store()
        .page(beforeNumber, limit)
        .toCompletableFuture()
        .orTimeout(60, TimeUnit.SECONDS)
        .join();
  }

  // --- what belongs to tasks and sessions

  @Test
  void the_meters_of_a_task_are_those_of_the_last_time_and_go_with_its_outcome() {
    save(new Changes.Builder().create(TaskRow.of(RUNNING, state(RUNNING, 1))).meter(meter("bg_a")));
    MeterRow more =
        new MeterRow(
            RUNNING.id(),
            new ToolCalls(9, "edit", List.of(-5L, Long.MAX_VALUE), Long.MIN_VALUE, 2),
            new Costs(
                new Usage(1, 2, 3, 4, 5, 0.1),
                List.of(new MessageCost("msg_a", new Usage(1, 2, 3, 4, 5, 0.1)))));
    save(new Changes.Builder().meter(more));
    assertThat(load().meters()).containsExactly(more);
    save(new Changes.Builder().move(state(COMPLETED, 2)).end(outcomeOf(COMPLETED)));

    assertThat(load().meters()).isEmpty();
  }

  @Test
  void messages_are_kept_until_they_are_dropped() {
    MessageRow prompt =
        new MessageRow(
            new TaskId("bg_a"),
            2,
            MessagePurpose.FALLBACK,
            null,
            true,
            new ModelRef("acme", "large"));
    save(new Changes.Builder().keep(message("bg_a", 1)).keep(prompt).keep(message("bg_b", 1)));
    save(new Changes.Builder().drop(message("bg_a", 1).key()));

    assertThat(load().messages()).containsExactlyInAnyOrder(prompt, message("bg_b", 1));
  }

  @Test
  void an_account_is_that_of_the_last_time_until_it_is_closed() {
    save(new Changes.Builder().put(account("one", 1)).put(account("two", 1)));
    save(new Changes.Builder().put(account("one", 2)).close("two"));

    assertThat(load().accounts()).containsExactly(account("one", 2));
  }

  // --- notices

  @Test
  void a_notice_is_owed_under_its_last_message_id_until_it_is_delivered() {
    save(new Changes.Builder().owe(notice("msg_1")).rename(new NoticeRenaming("msg_1", "msg_2")));
    assertThat(load().owed()).containsExactly(notice("msg_2"));
    save(new Changes.Builder().rename(new NoticeRenaming("msg_2", "msg_3")));
    assertThat(load().owed()).containsExactly(notice("msg_3"));
    save(new Changes.Builder().deliver("msg_3"));

    assertThat(load().owed()).isEmpty();
  }

  // --- rows

  final Recorded load() {
    return store().load().toCompletableFuture().orTimeout(60, TimeUnit.SECONDS).join();
  }

  private List<RecordedTask> tasks() {
    return load().tasks();
  }

  final void save(Changes.Builder changes) {
    save(changes.drain());
  }

  private void save(Changes changes) {
    assertThat(store().save(changes).toCompletableFuture().orTimeout(60, TimeUnit.SECONDS).join())
        .isEqualTo(SaveResult.DONE);
  }

  static TaskStateRow state(Task task, long version) {
    return TaskStateRow.of(task, version);
  }

  /** The row of a task that is finished. */
  static TaskRow finished(String id, long settledMillis) {
    Task task = SampleTasks.completed(id, settledMillis, "42");
    return TaskRow.of(task, TaskStateRow.of(task, 1, ended(Told.CLOSED)));
  }

  static OutcomeRow outcomeOf(Task task) {
    return new OutcomeRow(task.id(), Objects.requireNonNull(task.outcome()));
  }

  static MessageRow message(String task, long number) {
    return new MessageRow(new TaskId(task), number, MessagePurpose.SENT, "go on", false, null);
  }

  static MeterRow meter(String task) {
    return new MeterRow(new TaskId(task), ToolCalls.NONE, Costs.NONE);
  }

  static AccountRow account(String session, int launched) {
    return new AccountRow(
        session, Reach.READ, launched, 3, new Spending(1, 2, 0.5), List.of("msg_1", "msg_2"));
  }

  static NoticeRow notice(String messageId) {
    TaskId task = new TaskId("bg_a");
    return new NoticeRow(messageId, "parent", List.of(task), List.of(task), List.of(), 0, true);
  }

  /** A task of which there is something of everything. */
  static Task full() {
    return new Task(
        new TaskId("bg_full"),
        12,
        List.of("child", "parent"),
        new TaskSpec(
            "what",
            "do it",
            "build",
            new ModelRef("acme", "large"),
            "high",
            "/work",
            "{\"type\":\"object\"}"),
        new LaunchOptions(5, Notify.ALL, 1_000, 2_000, new Budget(1, 2, 0.25), "once", "person"),
        new Provenance(List.of(new TaskId("bg_x")), new TaskId("bg_y"), false),
        TaskStatus.CANCELLED,
        "ses_1",
        3,
        "msg_3",
        new ModelRef("acme", "small"),
        1_000,
        2_000,
        3_000,
        new Progress(
            4,
            "grep",
            2_500,
            new Usage(1, 2, 3, 4, 5, 0.125),
            "its host",
            2_900,
            true,
            List.of(
                new PendingRequest(
                    "req_1", "ses_1", PendingRequest.Kind.QUESTION, "why?", List.of("a", "b")))),
        new Outcome(Reason.CANCELLED, "not needed", "half of it", 7));
  }

  static Handling fullHandling() {
    return new Handling(
        new Stop(Reason.CANCELLED, "not needed", "parent"),
        true,
        new Attempts("msg_1", 1, 2, true, true, 3),
        new Messages(4, 3, "msg_2", List.of(6L, 5L)),
        List.of(
            new Asked("req_1", true, 9_000, false, new Reply.Answer(List.of(List.of("a")))),
            new Asked("req_2", false, 0, true, new Reply.Reject("no")),
            new Asked("req_3", false, 0, false, new Reply.Allow()),
            new Asked("req_4", false, 0, false, new Reply.AllowAlways()),
            new Asked("req_5", false, 0, false, null)),
        new End(Told.ASLEEP, 2));
  }
}
