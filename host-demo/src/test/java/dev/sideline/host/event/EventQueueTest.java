package dev.sideline.host.event;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.sideline.api.PluginHooks;
import dev.sideline.api.Session;
import dev.sideline.api.SessionEvent;
import dev.sideline.api.ToolUse;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class EventQueueTest {

  private static final Duration DRAIN = Duration.ofSeconds(10);
  private static final int MAX_CHARACTERS = 1_000;

  /** Notes what it is called with; an event of session "gate" waits until the gate is opened. */
  private static final class Plugin implements PluginHooks {
    final List<String> calls = new CopyOnWriteArrayList<>();
    final Set<Thread> threads = ConcurrentHashMap.newKeySet();
    final CountDownLatch gate = new CountDownLatch(1);
    final AtomicInteger questions = new AtomicInteger();
    volatile boolean interrupted;

    @Override
    public boolean observes(String sessionId) {
      questions.incrementAndGet();
      return !sessionId.startsWith("foreign");
    }

    @Override
    public void onEvent(SessionEvent event) {
      threads.add(Thread.currentThread());
      calls.add(event.sessionId());
      if (event.sessionId().equals("gate")) {
        try {
          gate.await();
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
      if (event.sessionId().equals("broken")) {
        throw new NoClassDefFoundError("dev/missing/Type");
      }
      if (event.sessionId().equals("sting")) {
        Thread.currentThread().interrupt();
      }
    }

    @Override
    public void onEventsLost() {
      calls.add("LOST");
      if (calls.contains("broken")) {
        throw new StackOverflowError();
      }
    }
  }

  private final Plugin plugin = new Plugin();

  @Test
  void events_arrive_in_order_on_one_named_daemon_thread() {
    try (EventQueue queue = queue(100_000)) {
      for (int i = 0; i < 10_000; i++) {
        queue.accept(idle("s" + i));
      }
      await().until(() -> plugin.calls.size() == 10_000);
    }
    for (int i = 0; i < 10_000; i++) {
      assertThat(plugin.calls.get(i)).isEqualTo("s" + i);
    }
    assertThat(plugin.threads)
        .singleElement()
        .satisfies(
            thread -> {
              assertThat(thread.getName()).isEqualTo("sideline-events-p");
              assertThat(thread.isDaemon()).isTrue();
              assertThat(thread.isAlive()).isFalse();
            });
  }

  @Test
  void a_full_queue_drops_and_tells_between_the_events_before_and_after_the_gap() {
    try (EventQueue queue = queue(3)) {
      block(queue);
      for (int i = 1; i <= 8; i++) {
        queue.accept(idle("s" + i));
      }
      assertThat(queue.dropped()).isEqualTo(5);
      assertThat(plugin.calls).containsExactly("gate");
      plugin.gate.countDown();
      await().until(() -> plugin.calls.contains("LOST"));
      queue.accept(idle("after"));
      await().until(() -> plugin.calls.contains("after"));
    }
    assertThat(plugin.calls).containsExactly("gate", "s1", "s2", "s3", "LOST", "after");
  }

  @Test
  void a_queue_is_also_full_of_few_events_with_much_text() {
    try (EventQueue queue = queue(100)) {
      block(queue);
      queue.accept(tool("alone", 2 * MAX_CHARACTERS));
      queue.accept(tool("dropped", 1));
      assertThat(queue.dropped()).isEqualTo(1);
      plugin.gate.countDown();
      await().until(() -> plugin.calls.contains("LOST"));
      for (int i = 0; i < 20; i++) {
        queue.accept(tool("later", MAX_CHARACTERS / 10));
        int delivered = i;
        await().until(() -> plugin.calls.size() == 4 + delivered);
      }
    }
    assertThat(plugin.calls).startsWith("gate", "alone", "LOST", "later").doesNotContain("dropped");
  }

  @Test
  void an_error_of_the_plugin_costs_it_one_event() {
    try (EventQueue queue = queue(10)) {
      queue.accept(idle("broken"));
      queue.accept(idle("s1"));
      await().until(() -> plugin.calls.contains("s1"));
      queue.eventsLost();
      await().until(() -> plugin.calls.contains("LOST"));
      queue.accept(idle("s2"));
      await().until(() -> plugin.calls.contains("s2"));
    }
    assertThat(plugin.calls).containsExactly("broken", "s1", "LOST", "s2");
    assertThat(plugin.threads).hasSize(1);
  }

  @Test
  void a_loss_is_told_even_if_no_further_event_comes() {
    try (EventQueue queue = queue(1)) {
      queue.eventsLost();
      await().until(() -> plugin.calls.equals(List.of("LOST")));
    }
  }

  @Test
  void losses_that_were_not_told_yet_are_told_once() {
    try (EventQueue queue = queue(1)) {
      block(queue);
      queue.eventsLost();
      queue.accept(idle("s1"));
      queue.accept(idle("dropped"));
      queue.eventsLost();
      plugin.gate.countDown();
      await().until(() -> plugin.calls.contains("LOST"));
    }
    assertThat(plugin.calls).containsExactly("gate", "s1", "LOST");
  }

  @Test
  void only_observed_sessions_are_queued_but_every_creation_and_deletion_is() {
    try (EventQueue queue = queue(10)) {
      queue.accept(idle("foreign-1"));
      queue.accept(new SessionEvent.Created(new Session("foreign-2", null, "new", null, Map.of())));
      queue.accept(new SessionEvent.Deleted("foreign-3"));
      queue.accept(idle("s1"));
      await().until(() -> plugin.calls.contains("s1"));
    }
    assertThat(plugin.calls).containsExactly("foreign-2", "foreign-3", "s1");
  }

  @Test
  void a_plugin_is_asked_once_about_an_event() {
    try (EventRouter router = new EventRouter(List.of(queue(10)))) {
      assertThat(router.observes("s1")).isTrue();
      router.acceptObserved(idle("s1"));
      await().until(() -> plugin.calls.contains("s1"));
      assertThat(plugin.questions).hasValue(1);

      router.accept(idle("s2"));
      await().until(() -> plugin.calls.contains("s2"));
      assertThat(plugin.questions).hasValue(2);
    }
  }

  @Test
  void an_event_that_one_plugin_observes_is_not_given_to_another_that_does_not() {
    Plugin other = new Plugin();
    try (EventRouter router =
        new EventRouter(
            List.of(
                queue(10), new EventQueue("q", onlyCreated(other), 10, MAX_CHARACTERS, DRAIN)))) {
      assertThat(router.observes("s1")).isTrue();
      router.acceptObserved(idle("s1"));
    }
    assertThat(plugin.calls).containsExactly("s1");
    assertThat(other.calls).isEmpty();
  }

  /** The same plugin, which observes nothing. */
  private static PluginHooks onlyCreated(Plugin plugin) {
    return new PluginHooks() {
      @Override
      public boolean observes(String sessionId) {
        return false;
      }

      @Override
      public void onEvent(SessionEvent event) {
        plugin.onEvent(event);
      }
    };
  }

  @Test
  void closing_delivers_what_waits_and_takes_no_more() {
    EventQueue queue = queue(100);
    block(queue);
    for (int i = 0; i < 50; i++) {
      queue.accept(idle("s" + i));
    }
    plugin.gate.countDown();
    queue.close();
    queue.accept(idle("late"));
    queue.eventsLost();
    queue.close();
    assertThat(plugin.calls).hasSize(51).endsWith("s49");
  }

  @Test
  void closing_ends_a_hook_that_does_not_return_and_drops_the_rest() {
    EventQueue queue = new EventQueue("p", plugin, 100, MAX_CHARACTERS, Duration.ofMillis(50));
    block(queue);
    queue.accept(idle("s1"));
    queue.eventsLost();
    queue.close();
    await().until(() -> plugin.interrupted);
    await().until(() -> plugin.threads.stream().noneMatch(Thread::isAlive));
    assertThat(plugin.calls).containsExactly("gate");
  }

  @Test
  void an_interrupt_that_a_hook_leaves_behind_ends_nothing() {
    try (EventQueue queue = queue(100)) {
      queue.accept(idle("sting"));
      await().until(() -> plugin.calls.contains("sting"));
      block(queue);
      queue.accept(idle("s1"));
      plugin.gate.countDown();
      await().until(() -> plugin.calls.contains("s1"));
    }
    assertThat(plugin.interrupted).isFalse();
  }

  @Test
  void a_router_gives_each_plugin_what_it_observes_and_a_blocked_one_holds_up_no_other() {
    Plugin other = new Plugin();
    EventQueue mine = queue(10);
    try (EventRouter router =
        new EventRouter(List.of(mine, new EventQueue("q", other, 10, MAX_CHARACTERS, DRAIN)))) {
      block(mine);
      assertThat(router.observes("s1")).isTrue();
      assertThat(router.observes("foreign")).isFalse();
      router.accept(idle("s1"));
      router.eventsLost();
      await().until(() -> other.calls.equals(List.of("s1", "LOST")));
      assertThat(plugin.calls).containsExactly("gate");
      plugin.gate.countDown();
    }
    assertThat(plugin.calls).startsWith("gate", "s1");
  }

  @Test
  void a_queue_without_room_is_refused() {
    assertThatThrownBy(() -> queue(0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("capacity is 0; it must be at least 1");
  }

  private EventQueue queue(int capacity) {
    return new EventQueue("p", plugin, capacity, MAX_CHARACTERS, DRAIN);
  }

  /** Has the delivery thread wait in a hook, so that what comes next stays in the queue. */
  private void block(EventQueue queue) {
    queue.accept(idle("gate"));
    await().until(() -> plugin.calls.contains("gate"));
  }

  private static SessionEvent tool(String sessionId, int characters) {
    String arguments = "x".repeat(characters - "t".length());
    return new SessionEvent.PartUpdated(
        sessionId, "m", new ToolUse("c", "t", ToolUse.State.RUNNING, arguments, ""));
  }

  private static SessionEvent idle(String sessionId) {
    return new SessionEvent.Idle(sessionId);
  }
}
