package dev.sideline.background.engine.calls;

import dev.sideline.background.engine.model.Archive;
import dev.sideline.background.engine.model.TaskRegistry;
import dev.sideline.background.engine.model.UnitOfWork;
import dev.sideline.background.engine.protocol.Answer;
import dev.sideline.background.engine.protocol.Lookup;
import dev.sideline.background.engine.protocol.Lookup.Found;
import java.util.List;
import java.util.Objects;

/**
 * What calls need that has left memory: each lookup is made once for a call, outside of the engine,
 * which is then given the call again.
 */
final class RecordLookups {

  private final UnitOfWork unit;
  private final TaskRegistry registry;
  private final Archive archive;

  RecordLookups(UnitOfWork unit, TaskRegistry registry, Archive archive) {
    this.unit = unit;
    this.registry = registry;
    this.archive = archive;
  }

  /** Whether the record may have what is not in memory. */
  boolean areNeeded() {
    return archive.recordHasMore();
  }

  /**
   * Has those lookups made that were not. Where there is nothing in the record that is not in
   * memory, none is needed.
   *
   * @return whether the call has to wait for one, and is answered so
   */
  boolean areMissing(long call, List<Lookup> lookups) {
    if (!areNeeded()) {
      return false;
    }
    List<Lookup> missing =
        lookups.stream().filter(lookup -> registry.recalled().of(lookup) == null).toList();
    if (missing.isEmpty()) {
      return false;
    }
    unit.reply(call, new Answer.Recall(missing));
    return true;
  }

  /** What a lookup has found for the call that is being answered. */
  Found found(Lookup lookup) {
    return Objects.requireNonNullElse(registry.recalled().of(lookup), Found.NOTHING);
  }
}
