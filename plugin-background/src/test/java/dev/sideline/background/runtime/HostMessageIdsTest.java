package dev.sideline.background.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sideline.api.SessionClient;
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
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class HostMessageIdsTest {

  private static final String OWN = "msg_[0-9a-f]{26}";

  private Callable<String> manner = () -> "host_1";
  private int asked;

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
  void after_the_end_the_host_is_not_asked() {
    HostMessageIds ids = ids(Runnable::run);
    ids.close();

    assertThat(ids.get()).matches(OWN);
    assertThat(asked).isZero();
  }

  private HostMessageIds ids(Executor executor) {
    return ids(executor, Duration.ofMillis(1));
  }

  private HostMessageIds ids(Executor executor, Duration patience) {
    return new HostMessageIds(host, executor, patience, () -> 1_800_000_000_000L, new Random(1));
  }
}
