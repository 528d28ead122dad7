package dev.sideline.background.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sideline.background.engine.protocol.Changes;
import dev.sideline.background.engine.protocol.Lookup;
import dev.sideline.background.task.TaskId;
import dev.sideline.background.task.TaskStatus;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** On SQLite, as a host opens it. */
class SqliteTaskStoreTest extends JdbcTaskStoreContract {

  @TempDir private Path folder;

  @Override
  DataSource database() {
    return SqliteFile.in(folder);
  }

  @Test
  void what_is_looked_for_is_found_without_reading_all_that_is_finished() throws SQLException {
    List<Lookup> lookups =
        List.of(
            new Lookup.ById(new TaskId("bg_1")),
            new Lookup.OfSession("parent"),
            new Lookup.ByKey("parent", "key"),
            new Lookup.NewestOfTree("parent", null, 20),
            new Lookup.NewestOfTree("parent", TaskStatus.FAILED, 20),
            new Lookup.IdsOfTree("parent"),
            new Lookup.IdsOfParent("parent"));

    for (Lookup lookup : lookups) {
      assertThat(planOf(store -> store.find(lookup)))
          .describedAs("%s", lookup)
          .isNotEmpty()
          .allMatch(step -> step.contains("SEARCH") && !step.contains("(owner=?)"));
    }
  }

  @Test
  void tasks_are_loaded_listed_and_recorded_by_an_index() throws SQLException {
    Changes changes =
        new Changes.Builder()
            .create(finished("bg_1", 1))
            .move(finished("bg_1", 2).state())
            .forget(new TaskId("bg_1"))
            .drain();

    assertThat(planOf(TaskStore::load))
        .allMatch(step -> step.contains("INDEX"))
        .anyMatch(step -> step.matches(".*\\bt\\b.*\\(owner=\\? AND session=\\?\\)"))
        .anyMatch(step -> step.matches(".*\\bl\\b.*\\(owner=\\? AND session=\\?\\)"));
    assertThat(planOf(store -> store.page(7, 10))).allMatch(step -> step.contains("number<?"));
    assertThat(planOf(store -> store.purge(7))).allMatch(step -> step.contains("settled<?"));
    assertThat(planOf(store -> store.save(changes)))
        .isNotEmpty()
        .allMatch(step -> step.matches(".*(\\(id=\\?\\)|task=\\?|INDEX sideline_task_closed ).*"));
  }

  /** How SQLite looks for tasks in all that a store does. */
  private List<String> planOf(Function<TaskStore, CompletionStage<?>> work) throws SQLException {
    Set<String> prepared = new LinkedHashSet<>();
    JdbcTaskStore store =
        new JdbcTaskStore(
            recording(DataSource.class, database(), prepared),
            "one",
            new KeptRows(1_000, 100_000, 1L << 40, Duration.ofDays(1), () -> 0),
            Runnable::run,
            Runnable::run,
            () -> {});
    prepared.clear();
    Object unused = work.apply(store).toCompletableFuture().join();
    store.close();
    List<String> plan = new ArrayList<>();
    try (Connection connection = database().getConnection();
        Statement statement = connection.createStatement()) {
      for (String sql : prepared) {
        try (ResultSet steps = statement.executeQuery("EXPLAIN QUERY PLAN " + sql)) {
          while (steps.next()) {
            plan.add(steps.getString("detail"));
          }
        }
      }
    }
    plan.removeIf(step -> !step.matches(".*\\b(sideline_task|t|l|a|sideline_ancestor)\\b.*"));
    return plan;
  }

  /** The same object, which notes what is prepared by its connections. */
  private static <T> T recording(Class<T> type, T object, Set<String> prepared) {
    return type.cast(
        Proxy.newProxyInstance(
            type.getClassLoader(),
            new Class<?>[] {type},
            (proxy, method, arguments) -> {
              if (method.getName().equals("prepareStatement")) {
                prepared.add((String) arguments[0]);
              }
              Object result = call(object, method, arguments);
              return result instanceof Connection connection
                  ? recording(Connection.class, connection, prepared)
                  : result;
            }));
  }

  private static Object call(Object object, Method method, Object[] arguments) throws Throwable {
    try {
      return method.invoke(object, arguments);
    } catch (InvocationTargetException e) {
      throw e.getCause();
    }
  }
}
