package dev.sideline.background.engine.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sideline.api.PendingRequest;
import dev.sideline.api.Reach;
import dev.sideline.api.Usage;
import dev.sideline.background.engine.protocol.Changes.AccountRow;
import dev.sideline.background.engine.protocol.Changes.MessageKey;
import dev.sideline.background.engine.protocol.Changes.MessageRow;
import dev.sideline.background.engine.protocol.Changes.MeterRow;
import dev.sideline.background.engine.protocol.Changes.MeterRow.MessageCost;
import dev.sideline.background.engine.protocol.Changes.NoticeRenaming;
import dev.sideline.background.engine.protocol.Changes.NoticeRow;
import dev.sideline.background.engine.protocol.Changes.OutcomeRow;
import dev.sideline.background.engine.protocol.Changes.TaskRow;
import dev.sideline.background.engine.protocol.Changes.TaskStateRow;
import dev.sideline.background.task.Outcome;
import dev.sideline.background.task.Outcome.Reason;
import dev.sideline.background.task.Progress;
import dev.sideline.background.task.SampleTasks;
import dev.sideline.background.task.Spending;
import dev.sideline.background.task.Task;
import dev.sideline.background.task.TaskId;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What several steps change is recorded together, and once. */
class MergedChangesTest {

  private static final Task PENDING = SampleTasks.pending("bg_a");
  private static final Task RUNNING = SampleTasks.running("bg_a");
  private static final Outcome OUTCOME = new Outcome(Reason.OK, null, "42", 0);
  private static final TaskId ID = PENDING.id();

  private final MergedChanges merged = new MergedChanges();

  @Test
  void of_each_task_the_last_state_counts() {
    merged.add(moved(1));
    merged.add(moved(2));
    merged.add(moved(3));

    assertThat(merged.changes()).isEqualTo(moved(3));
  }

  @Test
  void a_new_task_is_recorded_as_it_stands_at_last() {
    merged.add(created());
    merged.add(moved(2));
    merged.add(moved(3));
    merged.add(ended());

    Changes changes = merged.changes();
    assertThat(changes.moved()).isEmpty();
    assertThat(changes.created()).containsExactly(TaskRow.of(PENDING, state(3)));
    assertThat(changes.ended()).containsExactly(new OutcomeRow(ID, OUTCOME));
  }

  @Test
  void of_a_task_that_has_come_and_gone_nothing_is_left() {
    merged.add(created());
    merged.add(ended());
    merged.add(forgotten());

    assertThat(merged.isEmpty()).isTrue();
    assertThat(merged.changes()).isEqualTo(Changes.NONE);
  }

  @Test
  void a_task_that_is_gone_is_forgotten_and_nothing_else() {
    merged.add(moved(2));
    merged.add(ended());
    merged.add(forgotten());

    assertThat(merged.changes()).isEqualTo(forgotten());
  }

  @Test
  void a_notice_that_is_new_is_recorded_under_its_last_message_id() {
    merged.add(owed("msg_1"));
    merged.add(renamed("msg_1", "msg_2"));
    merged.add(renamed("msg_2", "msg_3"));

    assertThat(merged.changes()).isEqualTo(owed("msg_3"));
  }

  @Test
  void a_notice_is_renamed_once_from_the_message_id_that_is_recorded() {
    merged.add(renamed("msg_1", "msg_2"));
    merged.add(renamed("msg_2", "msg_3"));

    assertThat(merged.changes()).isEqualTo(renamed("msg_1", "msg_3"));
  }

  @Test
  void a_notice_is_delivered_under_the_message_id_that_is_recorded() {
    merged.add(renamed("msg_1", "msg_2"));
    merged.add(delivered("msg_2"));

    assertThat(merged.changes()).isEqualTo(delivered("msg_1"));
  }

  @Test
  void of_a_notice_that_is_new_and_not_owed_any_more_nothing_is_left() {
    merged.add(owed("msg_1"));
    merged.add(renamed("msg_1", "msg_2"));
    merged.add(delivered("msg_2"));

    assertThat(merged.isEmpty()).isTrue();
    assertThat(merged.bytes()).isZero();
  }

  @Test
  void what_they_take_in_memory_is_told_by_their_texts() {
    merged.add(created());
    long one = merged.bytes();
    merged.add(ended());
    merged.add(moved(2));
    long both = merged.bytes();
    assertThat(both).isGreaterThan(one);
    merged.add(moved(3));
    assertThat(merged.bytes()).isEqualTo(both);
    merged.add(forgotten());

    assertThat(merged.bytes()).isZero();
  }

  @Test
  void every_row_counts_and_weighs_and_does_not_any_more_when_it_is_gone() {
    for (Changes one : List.of(created(), moved(2), ended(), metered(3), kept(1), dropped(2))) {
      assertCounts(one);
    }
    assertThat(merged.size()).isEqualTo(6);
    merged.add(forgotten());
    assertThat(merged.isEmpty()).isTrue();
    assertThat(merged.bytes()).isZero();

    MergedChanges others = new MergedChanges();
    others.add(new Changes.Builder().put(account("ses_a", 1)).drain());
    others.add(owed("msg_1"));
    others.add(renamed("msg_2", "msg_3"));
    others.add(delivered("msg_4"));
    others.add(new Changes.Builder().close("ses_b").drain());
    assertThat(others.size()).isEqualTo(5);
    long both = others.bytes();
    others.add(delivered("msg_1"));
    assertThat(others.size()).isEqualTo(4);
    assertThat(others.bytes()).isPositive().isLessThan(both);
    others.add(new Changes.Builder().close("ses_a").drain());
    assertThat(others.size()).isEqualTo(4);
    assertThat(others.bytes()).isZero();
  }

  private void assertCounts(Changes one) {
    MergedChanges alone = new MergedChanges();
    alone.add(one);
    assertThat(alone.size()).isEqualTo(1);
    int before = merged.size();
    long bytesBefore = merged.bytes();
    merged.add(one);
    boolean moves = !one.moved().isEmpty();
    assertThat(merged.size()).isEqualTo(moves ? before : before + 1);
    assertThat(merged.bytes()).isEqualTo(moves ? bytesBefore : bytesBefore + alone.bytes());
    if (moves) {
      merged.add(dropped(3)); // So that each adds one.
    }
  }

  @Test
  void what_weighs_is_what_others_have_written() {
    assertThat(weight(metered(10)) - weight(metered(0))).isEqualTo(10 * 2 * 30 * 2);
    assertThat(weight(kept(100)) - weight(kept(0))).isEqualTo(2 * 100);
    assertThat(weight(dropped(1))).isZero();
    AccountRow known =
        new AccountRow("ses_a", Reach.WOKEN, 1, 0, Spending.NONE, List.of("msg_1", "msg_2"));
    assertThat(weight(new Changes.Builder().put(known).drain()))
        .isEqualTo(weight(new Changes.Builder().put(account("ses_a", 1)).drain()) + 2 * 30 * 2);
    NoticeRow two = new NoticeRow("msg_1", "parent", List.of(ID), List.of(ID), List.of(), 0, true);
    NoticeRow none = new NoticeRow("msg_1", "parent", List.of(), List.of(), List.of(), 0, true);
    assertThat(weight(new Changes.Builder().owe(two).drain()))
        .isEqualTo(weight(new Changes.Builder().owe(none).drain()) + 2 * 30 * 2);
    PendingRequest asks =
        new PendingRequest(
            "req_1", "ses_a", PendingRequest.Kind.QUESTION, "x".repeat(50), List.of());
    Progress waiting = new Progress(0, null, 0, Usage.NONE, null, 0, false, List.of(asks));
    TaskStateRow asking = TaskStateRow.of(RUNNING.withProgress(waiting), 2);
    assertThat(weight(new Changes.Builder().move(asking).drain()))
        .isEqualTo(weight(new Changes.Builder().move(TaskStateRow.of(RUNNING, 2)).drain()) + 100);
  }

  @Test
  void a_message_that_is_kept_or_dropped_twice_counts_once() {
    merged.add(kept(10));
    merged.add(kept(10));
    merged.add(dropped(7));
    merged.add(dropped(7));
    assertThat(merged.size()).isEqualTo(2);
    merged.removeAll(List.of(ID));

    assertThat(merged.isEmpty()).isTrue();
    assertThat(merged.bytes()).isZero();
  }

  @Test
  void it_is_told_what_becomes_of_a_task() {
    assertThat(merged.status(ID)).isNull();
    merged.add(created());
    assertThat(merged.status(ID)).isEqualTo(state(1).status());
    MergedChanges later = new MergedChanges();
    later.add(moved(2));
    assertThat(later.status(ID)).isEqualTo(state(2).status());
    assertThat(later.forgets(ID)).isFalse();
    later.add(forgotten());
    assertThat(later.forgets(ID)).isTrue();
  }

  private static long weight(Changes changes) {
    MergedChanges alone = new MergedChanges();
    alone.add(changes);
    return alone.bytes();
  }

  private static Changes metered(int messages) {
    List<MessageCost> costs =
        IntStream.range(0, messages)
            .mapToObj(i -> new MessageCost("msg_" + i, Usage.NONE))
            .toList();
    return new Changes.Builder()
        .meter(new MeterRow(ID, MeterRow.ToolCalls.NONE, new MeterRow.Costs(Usage.NONE, costs)))
        .drain();
  }

  private static Changes kept(int chars) {
    return new Changes.Builder()
        .keep(new MessageRow(ID, 1, MessagePurpose.PROMPT, "x".repeat(chars), false, null))
        .drain();
  }

  private static Changes dropped(long number) {
    return new Changes.Builder().drop(new MessageKey(ID, number)).drain();
  }

  @Test
  void tasks_that_are_not_to_be_recorded_are_taken_out() {
    merged.add(created());
    merged.add(ended());
    merged.add(owed("msg_1"));
    merged.removeAll(Set.of(ID));

    assertThat(merged.changes()).isEqualTo(owed("msg_1"));
  }

  @Test
  void a_message_that_was_kept_and_dropped_again_leaves_nothing() {
    merged.add(new Changes.Builder().keep(message(1)).keep(message(2)).drain());
    merged.add(new Changes.Builder().drop(message(1).key()).drop(message(0).key()).drain());

    assertThat(merged.changes().messages()).containsExactly(message(2));
    assertThat(merged.changes().messagesGone()).containsExactly(message(0).key());
  }

  @Test
  void the_messages_of_a_task_that_is_forgotten_go_with_it() {
    merged.add(new Changes.Builder().keep(message(1)).drop(message(0).key()).drain());
    merged.add(forgotten());

    assertThat(merged.changes()).isEqualTo(forgotten());
  }

  @Test
  void of_an_account_the_last_state_counts_or_that_it_has_gone() {
    merged.add(new Changes.Builder().put(account("one", 1)).put(account("two", 1)).drain());
    merged.add(new Changes.Builder().put(account("one", 2)).close("two").close("three").drain());
    merged.add(new Changes.Builder().put(account("three", 1)).drain());

    assertThat(merged.changes().accounts()).containsExactly(account("one", 2), account("three", 1));
    assertThat(merged.changes().accountsGone()).containsExactly("two");
    assertThat(merged.size()).isEqualTo(3);
  }

  private static MessageRow message(long number) {
    return new MessageRow(ID, number, MessagePurpose.SENT, "a message", false, null);
  }

  private static AccountRow account(String session, int launched) {
    return new AccountRow(session, Reach.WOKEN, launched, 0, Spending.NONE, List.of());
  }

  private static Changes created() {
    return changes(List.of(TaskRow.of(PENDING, state(1))), List.of(), List.of(), List.of());
  }

  private static Changes moved(long version) {
    return changes(List.of(), List.of(state(version)), List.of(), List.of());
  }

  private static Changes ended() {
    return changes(List.of(), List.of(), List.of(new OutcomeRow(ID, OUTCOME)), List.of());
  }

  private static Changes forgotten() {
    return changes(List.of(), List.of(), List.of(), List.of(ID));
  }

  private static Changes changes(
      List<TaskRow> created,
      List<TaskStateRow> moved,
      List<OutcomeRow> ended,
      List<TaskId> forgotten) {
    Changes.Builder rows = new Changes.Builder();
    created.forEach(rows::create);
    moved.forEach(rows::move);
    ended.forEach(rows::end);
    forgotten.forEach(rows::forget);
    return rows.drain();
  }

  private static TaskStateRow state(long version) {
    Progress progress =
        new Progress((int) version, null, 0, Progress.NONE.usage(), null, 0, false, List.of());
    return TaskStateRow.of(RUNNING.withProgress(progress), version);
  }

  private static Changes owed(String messageId) {
    NoticeRow row = new NoticeRow(messageId, "parent", List.of(ID), List.of(), List.of(), 1, false);
    return ofNotices(List.of(row), List.of(), List.of());
  }

  private static Changes renamed(String before, String now) {
    return ofNotices(List.of(), List.of(new NoticeRenaming(before, now)), List.of());
  }

  private static Changes delivered(String messageId) {
    return ofNotices(List.of(), List.of(), List.of(messageId));
  }

  private static Changes ofNotices(
      List<NoticeRow> owed, List<NoticeRenaming> renamed, List<String> delivered) {
    Changes.Builder rows = new Changes.Builder();
    owed.forEach(rows::owe);
    renamed.forEach(rows::rename);
    delivered.forEach(rows::deliver);
    return rows.drain();
  }
}
