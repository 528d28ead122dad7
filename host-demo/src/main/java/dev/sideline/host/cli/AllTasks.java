package dev.sideline.host.cli;

import dev.sideline.api.TaskOperator;
import dev.sideline.api.TaskOperator.TaskPage;
import dev.sideline.api.TaskOperator.TaskReport;
import dev.sideline.api.TaskSnapshot;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * All tasks of all plugins that there are and have been, page by page, so that any number of them
 * can be gone through.
 */
record AllTasks(List<TaskOperator> operators) {

  /** Where they are asked for. */
  interface Source {

    /** Gives them to some work, and lets go of them after it. */
    void use(CommonOptions options, Consumer<AllTasks> work);
  }

  private static final int PAGE = 200;

  AllTasks {
    operators = List.copyOf(operators);
  }

  /** Those of a host. */
  static Source of(Hosts hosts, Console console) {
    return (options, work) -> {
      try (Host host = hosts.embedded(options, console)) {
        work.accept(new AllTasks(List.copyOf(host.pluginHost().operators().values())));
      }
    };
  }

  /**
   * Goes through them, newest first.
   *
   * @param each takes one, and says whether it wants another
   */
  void forEach(Predicate<TaskSnapshot> each) {
    for (TaskOperator operator : operators) {
      @Nullable String next = null;
      do {
        TaskPage page = Host.answer(operator.page(next, PAGE));
        for (TaskSnapshot task : page.tasks()) {
          if (!each.test(task)) {
            return;
          }
        }
        next = page.next();
      } while (next != null);
    }
  }

  /** All that is kept of one. */
  Optional<TaskReport> report(String id) {
    return operators.stream()
        .map(operator -> Host.answer(operator.report(id)))
        .flatMap(Optional::stream)
        .findFirst();
  }

  /** Forgets those that ended before a time; tells how many. */
  int purge(Instant endedBefore) {
    return operators.stream().mapToInt(operator -> Host.answer(operator.purge(endedBefore))).sum();
  }
}
