package dev.sideline.background.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sideline.background.engine.model.Account;
import dev.sideline.background.engine.model.Accounts;
import dev.sideline.background.engine.model.Remembered;
import dev.sideline.background.engine.model.UnitOfWork;
import dev.sideline.background.engine.protocol.Answer;
import dev.sideline.background.engine.protocol.Limit;
import dev.sideline.background.task.Spending;
import dev.sideline.background.task.TaskId;
import dev.sideline.background.task.TaskStatus;
import org.junit.jupiter.api.Test;

/** What is kept of a session for as long as it lives. */
class AccountTest {

  @Test
  void what_was_used_adds_up() {
    Account account = new Account("parent", new UnitOfWork());
    account.add(new Spending(1, 20, 0.5));
    account.add(new Spending(2, 30, 0.25));

    assertThat(account.spent()).isEqualTo(new Spending(3, 50, 0.75));
  }

  @Test
  void what_is_too_much_to_add_up_is_the_most_that_there_is() {
    Account account = new Account("parent", new UnitOfWork());
    account.add(new Spending(1, Long.MAX_VALUE, Double.MAX_VALUE));
    account.add(new Spending(1, 1, Double.MAX_VALUE));

    assertThat(account.spent()).isEqualTo(new Spending(2, Long.MAX_VALUE, Double.MAX_VALUE));
  }

  @Test
  void a_message_that_is_no_notice_of_ours_is_a_persons_word() {
    Account account = new Account("parent", new UnitOfWork());
    wake(account, 3);
    for (int i = 0; i < 8; i++) {
      account.sending("msg_" + i);
    }
    for (int i = 0; i < 8; i++) {
      account.heard("msg_" + i);
    }
    assertThat(account.wakes()).isEqualTo(3);
    account.heard("msg_of_a_person");

    assertThat(account.wakes()).isZero();
  }

  @Test
  void of_many_notices_the_newest_are_known() {
    Account account = new Account("parent", new UnitOfWork());
    wake(account, 3);
    for (int i = 0; i < 17; i++) {
      account.sending("msg_" + i);
    }
    account.heard("msg_1");
    assertThat(account.wakes()).isEqualTo(3);
    account.heard("msg_0");

    assertThat(account.wakes()).isZero();
  }

  @Test
  void a_persons_word_counts_once_however_often_its_message_changes() {
    Account account = new Account("parent", new UnitOfWork());
    account.heard("msg_of_a_person");
    wake(account, 3);
    account.heard("msg_of_a_person");

    assertThat(account.wakes()).isEqualTo(3);
  }

  @Test
  void a_launch_that_was_refused_after_all_is_given_back() {
    Account account = new Account("parent", new UnitOfWork());
    account.launch();
    account.launch();
    account.takeBackLaunch();

    assertThat(account.launched()).isEqualTo(1);
  }

  @Test
  void of_very_many_accounts_that_nobody_holds_those_that_are_used_stay() {
    Accounts accounts = new Accounts(new UnitOfWork());
    Account first = used(accounts, "first");
    Account second = used(accounts, "second");
    for (int i = 0; i < 19_998; i++) {
      used(accounts, "session " + i);
    }
    assertThat(accounts.of("first")).isSameAs(first);
    used(accounts, "one more");

    assertThat(accounts.of("first")).isSameAs(first);
    assertThat(accounts.of("second")).isNotSameAs(second);
  }

  @Test
  void the_account_of_a_session_that_has_tasks_stays_however_many_others_come() {
    EngineScenario scenario =
        new EngineScenario("max_launches_per_parent=2", "max_tree_tool_calls=3", "max_depth=3");
    TaskId task = scenario.launch("parent");
    String session = scenario.run(task);
    scenario.launch("parent");
    for (int i = 0; i < 3; i++) {
      scenario.toolUse(session, "call_" + i, "read");
    }
    for (int i = 0; i < 20_001; i++) {
      scenario.cancel("other " + i, scenario.launch("other " + i));
      scenario.arrive();
    }

    assertThat(scenario.answer(scenario.tryLaunch("parent")))
        .isEqualTo(new Answer.LimitReached(new Limit("max_launches_per_parent", 2, null)));
    scenario.launch(session);
    scenario.toolUse(session, "call_4", "read");
    assertThat(scenario.status(task)).isEqualTo(TaskStatus.CANCELLING);
  }

  @Test
  void an_account_stays_until_all_who_hold_it_have_let_it_go() {
    Accounts accounts = new Accounts(new UnitOfWork());
    Account account = accounts.hold("session");
    assertThat(accounts.hold("session")).isSameAs(account);
    accounts.release("session");
    for (int i = 0; i < 20_001; i++) {
      used(accounts, "session " + i);
    }

    assertThat(accounts.of("session")).isSameAs(account);
    accounts.release("session");
    assertThat(accounts.of("session")).isSameAs(account);
  }

  @Test
  void who_only_asks_for_an_account_takes_no_room() {
    Accounts accounts = new Accounts(new UnitOfWork());
    Account account = used(accounts, "session");
    for (int i = 0; i < 20_001; i++) {
      accounts.of("session " + i);
    }

    assertThat(accounts.of("session")).isSameAs(account);
  }

  @Test
  void a_session_that_has_gone_has_a_new_account_if_it_comes_again() {
    Accounts accounts = new Accounts(new UnitOfWork());
    Account before = used(accounts, "session");
    accounts.close("session");

    assertThat(accounts.of("session")).isNotSameAs(before);
  }

  @Test
  void the_account_of_a_session_that_has_gone_is_that_of_what_works_below_it_until_it_ends() {
    Accounts accounts = new Accounts(new UnitOfWork());
    Account account = accounts.hold("session");
    accounts.close("session");

    assertThat(accounts.of("session")).isSameAs(account);
    accounts.release("session");
    assertThat(accounts.of("session")).isNotSameAs(account);
  }

  private static Account used(Accounts accounts, String session) {
    Account account = accounts.hold(session);
    accounts.release(session);
    return account;
  }

  @Test
  void of_very_many_answered_requests_the_newest_are_known() {
    Remembered<String> answered = new Remembered<>();
    for (int i = 0; i < 4_097; i++) {
      answered.remember("req_" + i);
    }

    assertThat(answered.contains("req_0")).isFalse();
    assertThat(answered.contains("req_1")).isTrue();
    assertThat(answered.contains("req_4096")).isTrue();
  }

  private static void wake(Account account, int times) {
    for (int i = 0; i < times; i++) {
      account.countWake();
    }
  }
}
