package dev.sideline.background.simulation;

import dev.sideline.background.engine.protocol.Input;
import dev.sideline.background.engine.protocol.Step;
import dev.sideline.background.rights.LaunchableAgents;
import java.lang.reflect.Method;
import java.lang.reflect.RecordComponent;
import java.time.temporal.Temporal;
import java.time.temporal.TemporalAmount;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.LongStream;

/**
 * A number for all that went into an engine, when, and what came of it. It is the same as long as
 * the engine behaves the same: made of values alone and of no names, so that classes and their
 * parts may be called and placed otherwise.
 */
final class Trace {

  private static final long FNV_START = 0xcbf29ce484222325L;
  private static final long FNV_PRIME = 0x100000001b3L;

  private static final ClassValue<Method[]> PARTS =
      new ClassValue<>() {
        @Override
        protected Method[] computeValue(Class<?> type) {
          return Arrays.stream(type.getRecordComponents())
              .map(Trace::reader)
              .toArray(Method[]::new);
        }
      };

  private long value = FNV_START;

  void add(long nowMillis, Input input, Step step) {
    value = mixed(value, nowMillis);
    value = mixed(value, of(input));
    value = mixed(value, of(step));
  }

  void add(long other) {
    value = mixed(value, other);
  }

  long value() {
    return value;
  }

  private static Method reader(RecordComponent component) {
    Method accessor = component.getAccessor();
    accessor.setAccessible(true);
    return accessor;
  }

  private static long of(Object thing) {
    if (thing == null) {
      return 1;
    }
    if (thing instanceof CharSequence text) {
      return ofText(text);
    }
    if (thing instanceof Record record) {
      return ofRecord(record);
    }
    if (thing instanceof Enum<?> constant) {
      // Its place and not its name, which may change.
      return mixed(2, List.of(constant.getDeclaringClass().getEnumConstants()).indexOf(constant));
    }
    if (thing instanceof Collection<?> many) {
      LongStream each = many.stream().mapToLong(Trace::of);
      return ofAll(3, thing instanceof Set<?> ? each.sorted() : each);
    }
    if (thing instanceof Map<?, ?> map) {
      return ofAll(
          4,
          map.entrySet().stream()
              .mapToLong(entry -> mixed(of(entry.getKey()), of(entry.getValue())))
              .sorted());
    }
    if (thing instanceof LaunchableAgents agents) {
      return of(agents.byDefault());
    }
    if (thing instanceof Throwable thrown) {
      return of(thrown.getClass().getName()); // What it says is up to the JVM.
    }
    if (thing instanceof Number
        || thing instanceof Boolean
        || thing instanceof Temporal
        || thing instanceof TemporalAmount) {
      return mixed(5, thing.hashCode());
    }
    throw new IllegalArgumentException("no way to put a " + thing.getClass() + " into a number");
  }

  private static long ofRecord(Record record) {
    long value = 6;
    for (Method part : PARTS.get(record.getClass())) {
      try {
        value = mixed(value, of(part.invoke(record)));
      } catch (ReflectiveOperationException e) {
        throw new IllegalStateException("a record cannot be read: " + record.getClass(), e);
      }
    }
    return value;
  }

  private static long ofText(CharSequence text) {
    long value = 7;
    for (int i = 0; i < text.length(); i++) {
      value = (value ^ text.charAt(i)) * FNV_PRIME;
    }
    return value;
  }

  private static long ofAll(long start, LongStream parts) {
    return parts.reduce(start, Trace::mixed);
  }

  private static long mixed(long value, long part) {
    long mixed = (value ^ part) * FNV_PRIME;
    return mixed ^ (mixed >>> 29);
  }
}
