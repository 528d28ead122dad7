package dev.sideline.host.plugin;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.runtime.ObjectMethods;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the JDK remembers of the records that it has linked.
 *
 * <p>{@link ObjectMethods} adapts a few static method handles to the types of each record whose
 * {@code equals}, {@code hashCode} or {@code toString} is called for the first time, and each
 * handle keeps its last adaptation. In JDK 17 by a strong reference: the last record of a plugin
 * would keep all of its classes for as long as no other record is linked. Newer JDKs keep it by a
 * soft reference, which goes when memory is needed.
 */
final class LinkedRecords {

  private static final Logger log = LoggerFactory.getLogger(LinkedRecords.class);

  private record Sample(String text) {}

  private LinkedRecords() {}

  /** Takes the place of the record that was linked last, by linking one of the host's. */
  static void forgetLast() {
    try {
      MethodHandles.Lookup lookup = MethodHandles.lookup();
      MethodHandle text = lookup.findGetter(Sample.class, "text", String.class);
      link(
          lookup, "equals", MethodType.methodType(boolean.class, Sample.class, Object.class), text);
      link(lookup, "hashCode", MethodType.methodType(int.class, Sample.class), text);
      link(lookup, "toString", MethodType.methodType(String.class, Sample.class), text);
    } catch (Throwable e) { // what bootstrap methods declare; without it a plugin stays loaded
      log.debug("The JDK may keep the classes of an unloaded plugin", e);
    }
  }

  private static void link(
      MethodHandles.Lookup lookup, String method, MethodType type, MethodHandle getter)
      throws Throwable {
    ObjectMethods.bootstrap(lookup, method, type, Sample.class, "text", getter);
  }
}
