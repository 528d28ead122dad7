package dev.sideline.background;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaCodeUnit;
import com.tngtech.archunit.core.domain.JavaCodeUnitAccess;
import com.tngtech.archunit.core.domain.TryCatchBlock;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import com.tngtech.archunit.lang.syntax.ArchRuleDefinition;
import dev.sideline.api.HostContext;
import dev.sideline.api.SessionClient;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What keeps a new thread, loop or call to the host behind a barrier. */
class BarrierRulesTest {

  private static final String PLUGIN = "dev.sideline.background";
  private static final String RUNTIME = PLUGIN + ".runtime";

  /** Where threads are made, with the barrier around what they do. */
  private static final String THREADS = RUNTIME + ".DaemonThread";

  /** What runs something on threads of others, which outlive the plugin and have no barrier. */
  private static final Set<Class<?>> FOREIGN_THREADS =
      Set.of(
          Executors.class,
          ForkJoinPool.class,
          ThreadPoolExecutor.class,
          java.util.concurrent.ScheduledThreadPoolExecutor.class,
          java.util.Timer.class);

  private static final Set<String> FOREIGN_DELAYS =
      Set.of("orTimeout", "completeOnTimeout", "delayedExecutor", "parallelStream", "parallel");

  /** Caught one by one, they leave out those that nobody thought of. */
  private static final List<Class<? extends Throwable>> TOO_FEW =
      List.of(Exception.class, RuntimeException.class, Error.class);

  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages(PLUGIN);

  @Test
  void threads_are_made_in_one_place() {
    threadsAreMadeOnlyIn(THREADS).check(CLASSES);
  }

  @ParameterizedTest
  @ValueSource(strings = {"runtime", "tools", "store", "retain", "engine"})
  void a_barrier_lets_nothing_through(String part) {
    noBarrierListsWhatItExpects(part).check(CLASSES);
  }

  @Test
  void the_hosts_sessions_are_called_by_their_guard_alone() {
    onlyCalledBy(SessionClient.class, Set.of(), "GuardedSessionClient", "HostMessageIds")
        .check(CLASSES);
  }

  @Test
  void the_host_is_told_and_asked_for_the_time_behind_a_barrier() {
    onlyCalledBy(HostContext.class, Set.of("publish"), "HostEvents").check(CLASSES);
    onlyCalledBy(HostContext.class, Set.of("nanoTime"), "HostTime").check(CLASSES);
  }

  @Test
  void the_rules_fail_where_they_should() {
    assertFails(threadsAreMadeOnlyIn("nowhere"), CLASSES, "DaemonThread");
    assertFails(onlyCalledBy(SessionClient.class, Set.of()), CLASSES, "GuardedSessionClient");
    assertFails(onlyCalledBy(HostContext.class, Set.of("publish")), CLASSES, "HostEvents");
    JavaClasses wrong = new ClassFileImporter().importClasses(Wrong.class);
    assertThatThrownBy(() -> threadsAreMadeOnlyIn(THREADS).check(wrong))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("Wrong.pool")
        .hasMessageContaining("Wrong.async")
        .hasMessageContaining("Wrong.delay")
        .hasMessageContaining("Wrong.parallel")
        .hasMessageContaining("Wrong.thread");
    assertThatThrownBy(() -> ArchRuleDefinition.classes().should(CATCH_ALL_OR_ONE).check(wrong))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("Wrong.expects")
        .hasMessageContaining("Wrong.lists")
        .satisfies(
            thrown ->
                assertThat(thrown.getMessage())
                    .doesNotContain("Wrong.catchesAll")
                    .doesNotContain("Wrong.knows"));
  }

  private static void assertFails(ArchRule rule, JavaClasses classes, String where) {
    assertThatThrownBy(() -> rule.check(classes))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining(where);
  }

  private static ArchRule threadsAreMadeOnlyIn(String place) {
    return ArchRuleDefinition.classes()
        .that()
        .doNotHaveFullyQualifiedName(place)
        .should(MAKE_NO_THREADS)
        .as("threads are made in " + place + ", which has the barrier");
  }

  private static ArchRule noBarrierListsWhatItExpects(String part) {
    return ArchRuleDefinition.classes()
        .that()
        .resideInAPackage(PLUGIN + "." + part + "..")
        .should(CATCH_ALL_OR_ONE)
        .as("who catches more than what is known catches all: Throwable");
  }

  /** No others call the methods of a type; with no names, all its methods. */
  private static ArchRule onlyCalledBy(Class<?> type, Set<String> methods, String... callers) {
    List<String> names = Stream.of(callers).map(caller -> RUNTIME + "." + caller).toList();
    return ArchRuleDefinition.classes()
        .should(
            condition(
                "leave the host to its guard",
                call ->
                    call.getTargetOwner().isEquivalentTo(type)
                        && (methods.isEmpty() || methods.contains(call.getName()))
                        && !names.contains(call.getOriginOwner().getName())));
  }

  private static final ArchCondition<JavaClass> MAKE_NO_THREADS =
      condition("make no threads", BarrierRulesTest::makesThread);

  private static boolean makesThread(JavaCodeUnitAccess<?> call) {
    JavaClass owner = call.getTargetOwner();
    boolean constructor = call.getName().equals("<init>");
    return (constructor && owner.isAssignableTo(Thread.class))
        || FOREIGN_THREADS.stream().anyMatch(owner::isEquivalentTo)
        || FOREIGN_DELAYS.contains(call.getName())
        || (owner.isAssignableTo(CompletableFuture.class)
            && call.getName().endsWith("Async")
            && call.getTarget().getRawParameterTypes().stream()
                .noneMatch(type -> type.isEquivalentTo(java.util.concurrent.Executor.class)));
  }

  private interface Forbidden {
    boolean test(JavaCodeUnitAccess<?> call);
  }

  private static ArchCondition<JavaClass> condition(String description, Forbidden forbidden) {
    return new ArchCondition<>(description) {
      @Override
      public void check(JavaClass checked, ConditionEvents events) {
        checked.getCodeUnitAccessesFromSelf().stream()
            .filter(forbidden::test)
            .forEach(
                call -> events.add(SimpleConditionEvent.violated(call, call.getDescription())));
      }
    };
  }

  private static final ArchCondition<JavaClass> CATCH_ALL_OR_ONE =
      new ArchCondition<>("catch all, or what is known") {
        @Override
        public void check(JavaClass checked, ConditionEvents events) {
          for (JavaCodeUnit unit : checked.getCodeUnits()) {
            for (TryCatchBlock block : unit.getTryCatchBlocks()) {
              if (block.getCaughtThrowables().stream().anyMatch(BarrierRulesTest::tooFew)) {
                events.add(SimpleConditionEvent.violated(unit, unit.getFullName()));
              }
            }
          }
        }
      };

  private static boolean tooFew(JavaClass caught) {
    return TOO_FEW.stream().anyMatch(caught::isEquivalentTo)
        || Error.class.isAssignableFrom(caught.reflect());
  }

  /** What the rules are there to find. */
  @SuppressWarnings("unused")
  private static final class Wrong {

    static void thread() {
      new Thread(Wrong::knows, "no barrier").setDaemon(true);
    }

    static void pool() {
      Executors.newCachedThreadPool().shutdown();
    }

    static Object async() {
      return Stream.of(CompletableFuture.runAsync(Wrong::knows)).toList();
    }

    static Object delay(CompletableFuture<String> future) {
      return Stream.of(future.completeOnTimeout("", 1, java.util.concurrent.TimeUnit.DAYS))
          .toList();
    }

    static long parallel(List<String> list) {
      return list.parallelStream().count();
    }

    static int expects() {
      try {
        return Integer.parseInt("");
      } catch (RuntimeException e) {
        return 0;
      }
    }

    static int lists() {
      try {
        return Integer.parseInt("");
      } catch (IllegalStateException | LinkageError e) {
        return 0;
      }
    }

    static int catchesAll() {
      try {
        return Integer.parseInt("");
      } catch (Throwable e) {
        return 0;
      }
    }

    static int knows() {
      try {
        return Integer.parseInt("");
      } catch (NumberFormatException e) {
        return 0;
      }
    }
  }
}
