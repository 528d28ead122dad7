package dev.sideline.host.plugin;

import java.lang.ref.WeakReference;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Jars whose class loaders can be counted, without being held. */
final class WatchedJars extends PluginJars {

  private final List<WeakReference<ClassLoader>> loaders = new CopyOnWriteArrayList<>();

  WatchedJars(Path folder) {
    super(folder);
  }

  @Override
  ClassLoader load(PluginDescriptor descriptor) {
    ClassLoader loader = super.load(descriptor);
    loaders.add(new WeakReference<>(loader));
    return loader;
  }

  /** How many class loaders there have been. */
  int seen() {
    return loaders.size();
  }

  /** How many of them are still there after a collection. */
  long alive() {
    System.gc();
    return loaders.stream().filter(loader -> loader.get() != null).count();
  }
}
