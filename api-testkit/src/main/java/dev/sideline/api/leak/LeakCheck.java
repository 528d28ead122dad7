package dev.sideline.api.leak;

import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Fails a test that leaves behind what was not there before it: threads, child processes and their
 * orphans, network sockets, temporary files, or an exception that nobody caught.
 *
 * <p>What a test started may take a moment to go; only what is still there after {@value
 * #PATIENCE_PARAMETER} milliseconds (5,000 unless configured) is a leak. What a class starts for
 * all of its tests is there before each of them and so allowed until the class is over. Where such
 * a thing grows while tests use it (a server with a thread per connection), {@link OncePerClass}
 * puts the check off to the end of the class.
 *
 * <p>{@code @ExtendWith(LeakCheck.class)} puts it on one class. For all tests of a module, name it
 * in {@code META-INF/services/org.junit.jupiter.api.extension.Extension} and set {@code
 * junit.jupiter.extensions.autodetection.enabled}, both among the module's test resources; this jar
 * does neither on its own.
 *
 * <p>The check comes last, after {@code @AfterEach}, other extensions and {@code @AutoClose}. Tests
 * that run at the same time in one JVM would be blamed for each other's things: run them one after
 * another. A build that runs several JVMs side by side gives each a temporary directory and a
 * {@value #JVM_VARIABLE} of its own.
 */
public final class LeakCheck implements BeforeAllCallback, BeforeEachCallback {

  /** JUnit configuration parameter: how many milliseconds things get to go away. */
  public static final String PATIENCE_PARAMETER = "sideline.leak.patience";

  /**
   * Environment variable: any word that none of the JVMs has that the build runs beside this one,
   * such as Surefire's {@code ${surefire.forkNumber}}. Processes that have lost their parent are
   * told from those of the others by it, as they inherit it. A JVM that runs alone needs none.
   */
  public static final String JVM_VARIABLE = "SIDELINE_LEAK_JVM";

  private static final ExtensionContext.Namespace STORE =
      ExtensionContext.Namespace.create(LeakCheck.class);
  private static final Duration PAUSE = Duration.ofMillis(10);

  /** Checks the class as a whole instead of each of its tests. */
  @Target(ElementType.TYPE)
  @Retention(RetentionPolicy.RUNTIME)
  @Inherited
  public @interface OncePerClass {}

  /**
   * Lets a library that a class uses leave something behind: a pool whose threads go in their time,
   * a file that its JVM removes when it ends.
   */
  @Target(ElementType.TYPE)
  @Retention(RetentionPolicy.RUNTIME)
  @Inherited
  public @interface Tolerates {

    /** Regular expressions; what one of them matches in its line of the failure is no leak. */
    String[] value();
  }

  @Override
  public void beforeAll(ExtensionContext context) {
    watch(context);
  }

  @Override
  public void beforeEach(ExtensionContext context) {
    if (!context.getRequiredTestClass().isAnnotationPresent(OncePerClass.class)) {
      watch(context);
    }
  }

  private static void watch(ExtensionContext context) {
    Duration patience =
        context
            .getConfigurationParameter(PATIENCE_PARAMETER, Long::valueOf)
            .map(Duration::ofMillis)
            .orElse(Duration.ofSeconds(5));
    ExtensionContext.Store store = context.getStore(STORE);
    Watch outer = store.get(Watch.class, Watch.class);
    // JUnit closes what is stored when the context ends, which is later than any callback.
    store.put(
        Watch.class,
        new Watch(
            context.getDisplayName(), patience, tolerated(context.getRequiredTestClass()), outer));
  }

  private static Predicate<String> tolerated(Class<?> test) {
    Tolerates tolerates = test.getAnnotation(Tolerates.class);
    return tolerates == null
        ? line -> false
        : Pattern.compile(String.join("|", tolerates.value())).asPredicate();
  }

  /** The time from the beginning of a test or a class to its end. */
  private static final class Watch implements AutoCloseable {

    private final String test;
    private final Duration patience;
    private final Predicate<String> tolerated;
    private final @Nullable Watch outer;
    private Footprint before = Footprint.take();
    private UncaughtExceptions.Mark uncaught = UncaughtExceptions.watch();

    Watch(String test, Duration patience, Predicate<String> tolerated, @Nullable Watch outer) {
      this.test = test;
      this.patience = patience;
      this.tolerated = tolerated;
      this.outer = outer;
    }

    @Override
    public void close() {
      Footprint after = takeWithPatience();
      List<String> left = new ArrayList<>(left(after));
      left.addAll(uncaught.since());
      if (!left.isEmpty()) {
        if (outer != null) {
          outer.overlook(after);
        }
        throw new AssertionError(test + " left behind:\n  " + String.join("\n  ", left));
      }
    }

    private List<String> left(Footprint after) {
      return after.beyond(before).stream().filter(tolerated.negate()).toList();
    }

    private Footprint takeWithPatience() {
      long deadline = System.nanoTime() + patience.toNanos();
      Footprint after = Footprint.take();
      while (!left(after).isEmpty() && System.nanoTime() - deadline < 0) {
        LockSupport.parkNanos(PAUSE.toNanos());
        after = Footprint.take();
      }
      return after;
    }

    /** What a test has been blamed for, its class is not blamed for again. */
    private void overlook(Footprint known) {
      before = before.and(known);
      uncaught = UncaughtExceptions.watch();
      if (outer != null) {
        outer.overlook(known);
      }
    }
  }
}
