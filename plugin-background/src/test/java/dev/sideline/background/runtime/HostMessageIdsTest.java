package dev.sideline.background.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sideline.api.SessionClient;
import dev.sideline.background.engine.protocol.Input;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class HostMessageIdsTest {

  private static final String OWN = "msg_[0-9a-f]{26}";

  private Callable<String> manner = () -> "host_1";
  private int asked;
  private int questions;
  private long nanos;
  private final Mailbox mailbox = new Mailbox();

  private final SessionClient host =
      (SessionClient)
          Proxy.newProxyInstance(
              SessionClient.class.getClassLoader(),
              new Class<?>[] {SessionClient.class},
              (proxy, method, arguments) -> {
                asked++;
                return manner.call();
              });

  @Test
  void ids_are_the_hosts() {
    assertThat(ids(Runnable::run).get()).isEqualTo("host_1");
  }

  @ParameterizedTest
  @MethodSource("dev.sideline.background.runtime.Throwables#all")
  void whatever_the_host_throws_there_is_an_id(Throwable thrown) {
    manner =
        () -> {
          Throwables.sneak(thrown);
          return "";
        };
    HostMessageIds ids = ids(Runnable::run);
    assertThat(ids.get()).matches(OWN);

    manner = () -> "host_2";
    assertThat(ids.get()).as("it is fine again").isEqualTo("host_2");
  }

  @ParameterizedTest
  @MethodSource("dev.sideline.background.runtime.Throwables#all")
  void the_thread_that_asks_goes_on_whatever_it_meets(Throwable thrown) {
    SerialThread asking = new SerialThread("sideline-ids", Duration.ofMinutes(10));
    List<Thread> threads = new CopyOnWriteArrayList<>();
    HostMessageIds ids = ids(asking, Duration.ofMinutes(1));
    manner =
        () -> {
          threads.add(Thread.currentThread());
          Throwables.sneak(threads.size() == 1 ? thrown : null);
          return "host_2";
        };

    assertThat(ids.get()).matches(OWN);
    assertThat(ids.get()).isEqualTo("host_2");
    assertThat(threads.get(1)).isSameAs(threads.get(0));
    asking.stop(Duration.ofSeconds(5));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " "})
  void what_can_be_no_id_is_none(String nonsense) {
    manner = () -> nonsense;
    assertThat(ids(Runnable::run).get()).matches(OWN);

    manner = () -> null;
    assertThat(ids(Runnable::run).get()).matches(OWN);
  }

  @Test
  void while_the_host_holds_on_to_a_question_it_is_asked_no_other_and_nobody_waits() {
    Queue<Runnable> held = new ArrayDeque<>();
    HostMessageIds ids = ids(held::add);
    List<String> own = new ArrayList<>();
    for (int number = 0; number < 100; number++) {
      own.add(ids.get());
    }

    assertThat(held).hasSize(1);
    assertThat(own).allMatch(id -> id.matches(OWN)).isSorted().doesNotHaveDuplicates();
    held.remove().run();
    assertThat(asked).isEqualTo(1);
    var unused = ids.get();
    assertThat(held).as("it has come back").hasSize(1);
  }

  @Test
  void where_many_are_needed_at_once_many_are_asked_for_together() {
    HostMessageIds ids = counted();
    List<String> given = new ArrayList<>();
    for (int number = 0; number < 1_000; number++) {
      given.add(ids.get());
    }

    assertThat(questions).isLessThan(1_000 / HostMessageIds.MAX_TOGETHER + 10);
    assertThat(given).as("in the host's order, none left out").isEqualTo(first(1_000));
  }

  @Test
  void an_id_serves_nothing_that_came_after_it_was_asked_for() {
    HostMessageIds ids = counted();
    mailbox.put(new Input.EventsLost());
    String unused = ids.get();
    assertThat(ids.get()).as("asked for together with another").isEqualTo("host_0002");
    assertThat(asked).isEqualTo(3);
    assertThat(mailbox.poll()).isNotNull();
    assertThat(ids.get()).as("for what waited then").isEqualTo("host_0003");

    unused = ids.get();
    int before = asked;
    mailbox.put(new Input.EventsLost());
    assertThat(mailbox.poll()).isNotNull();

    assertThat(ids.get()).isEqualTo("host_%04d".formatted(before + 1));
  }

  @Test
  void an_id_does_not_grow_old() {
    HostMessageIds ids = counted();
    String unused = ids.get();
    unused = ids.get();
    nanos += HostMessageIds.FRESH.toNanos();

    assertThat(ids.get()).as("the third was dropped").isEqualTo("host_0004");
    assertThat(asked).as("and is not asked for together with others").isEqualTo(4);
  }

  @Test
  void a_host_that_is_slow_is_not_asked_for_more_than_it_can_give_fresh() {
    manner =
        () -> {
          nanos += HostMessageIds.FRESH.toNanos() / 2;
          return "host_%04d".formatted(asked);
        };
    HostMessageIds ids = ids(Runnable::run);
    for (int number = 0; number < 100; number++) {
      String unused = ids.get();
    }

    assertThat(asked).isLessThanOrEqualTo(200);
  }

  @Test
  void a_host_that_fails_in_the_middle_has_given_what_it_gave_before() {
    HostMessageIds ids = counted();
    for (int number = 0; number < 7; number++) {
      String unused = ids.get();
    }
    manner =
        () -> {
          if (asked > 10) {
            throw new IllegalStateException("no more");
          }
          return "host_%04d".formatted(asked);
        };

    assertThat(List.of(ids.get(), ids.get(), ids.get()))
        .containsExactly("host_0008", "host_0009", "host_0010");
    assertThat(ids.get()).matches(OWN);
  }

  @Test
  void after_the_end_the_host_is_not_asked() {
    HostMessageIds ids = ids(Runnable::run);
    ids.close();

    assertThat(ids.get()).matches(OWN);
    assertThat(asked).isZero();
  }

  /** Of a host that counts its ids, and the questions. */
  private HostMessageIds counted() {
    manner = () -> "host_%04d".formatted(asked);
    return ids(
        question -> {
          questions++;
          question.run();
        });
  }

  private static List<String> first(int count) {
    return IntStream.rangeClosed(1, count).mapToObj("host_%04d"::formatted).toList();
  }

  private HostMessageIds ids(Executor executor) {
    return ids(executor, Duration.ofMillis(1));
  }

  private HostMessageIds ids(Executor executor, Duration patience) {
    return new HostMessageIds(
        host,
        executor,
        patience,
        mailbox::mark,
        () -> nanos,
        () -> 1_800_000_000_000L,
        new Random(1));
  }
}
