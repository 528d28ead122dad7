package dev.sideline.host;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaCall;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import java.util.Timer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Where threads come from. */
class ThreadRulesTest {

  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages("dev.sideline.host");

  @Test
  void threads_are_made_in_one_place() {
    onlyDaemonThreads().check(CLASSES);
  }

  @ParameterizedTest
  @ValueSource(
      classes = {
        MakesAThread.class,
        MakesASubclassOfThread.class,
        MakesAnExecutor.class,
        MakesAPool.class,
        MakesATimerPool.class,
        MakesATimer.class,
        BorrowsTheCommonPool.class,
        GoesOnAsynchronously.class,
        UsesTheCommonPool.class
      })
  void a_class_that_makes_or_borrows_one_is_found(Class<?> offender) {
    JavaClasses offenders = new ClassFileImporter().importClasses(offender);

    assertThatThrownBy(() -> onlyDaemonThreads().check(offenders))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining(offender.getSimpleName());
  }

  private static ArchRule onlyDaemonThreads() {
    return noClasses()
        .that(
            DescribedPredicate.describe(
                "are not DaemonThreads",
                type -> !type.getName().split("\\$", 2)[0].equals(DaemonThreads.class.getName())))
        .should()
        .callCodeUnitWhere(
            DescribedPredicate.describe("it makes or borrows a thread", ThreadRulesTest::makes))
        .because("it puts a barrier around what a thread does");
  }

  private static boolean makes(JavaCall<?> call) {
    var owner = call.getTargetOwner();
    boolean constructor = call.getTarget().getName().equals("<init>");
    return (constructor
            && (owner.isAssignableTo(Thread.class)
                || owner.isAssignableTo(ThreadPoolExecutor.class)
                || owner.isAssignableTo(ForkJoinPool.class)
                || owner.isAssignableTo(Timer.class)))
        || owner.isEquivalentTo(Executors.class)
        || (owner.isEquivalentTo(ForkJoinPool.class) && call.getName().equals("commonPool"))
        || (owner.isAssignableTo(CompletableFuture.class) && call.getName().endsWith("Async"));
  }

  static final class MakesAThread {
    Thread make() {
      return new Thread(() -> {});
    }
  }

  static final class MakesASubclassOfThread extends Thread {}

  static final class MakesAnExecutor {
    Object make() {
      return Executors.newCachedThreadPool();
    }
  }

  static final class MakesAPool {
    Object make() {
      return new ThreadPoolExecutor(1, 1, 1, null, null);
    }
  }

  static final class MakesATimerPool {
    Object make() {
      return new ScheduledThreadPoolExecutor(1);
    }
  }

  static final class MakesATimer {
    Object make() {
      return new Timer();
    }
  }

  static final class BorrowsTheCommonPool {
    CompletableFuture<Integer> make() {
      return CompletableFuture.supplyAsync(() -> 1);
    }
  }

  static final class GoesOnAsynchronously {
    CompletableFuture<Integer> make(CompletableFuture<Integer> stage) {
      return stage.thenApplyAsync(value -> value + 1);
    }
  }

  static final class UsesTheCommonPool {
    Object make() {
      return ForkJoinPool.commonPool();
    }
  }
}
