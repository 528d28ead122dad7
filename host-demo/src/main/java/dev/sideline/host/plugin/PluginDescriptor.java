package dev.sideline.host.plugin;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.jar.Attributes;
import java.util.jar.JarFile;
import java.util.jar.Manifest;
import java.util.regex.Pattern;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.jspecify.annotations.Nullable;

/**
 * What a jar says of itself. Read before the jar is given to PF4J, which answers some of what can
 * be wrong with a jar by a {@code NullPointerException}, and some by loading no plugin at all any
 * more.
 *
 * @param jar the file
 * @param id unique among plugins; fit to name a folder
 * @param version as its author writes it
 * @param requires which versions of the host it works with, as PF4J writes it; empty if any
 */
record PluginDescriptor(Path jar, String id, String version, String requires) {

  static final String SERVICE = "META-INF/services/dev.sideline.api.AgentPlugin";

  /** Of the manifest as it is used, not as it is packed. */
  private static final int MAX_MANIFEST_BYTES = 1 << 20;

  private static final Pattern ID = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,99}");

  /**
   * Reads a jar's manifest and checks that the jar can be a plugin.
   *
   * @throws PluginRejectedException if it cannot
   */
  static PluginDescriptor read(Path jar) {
    if (!Files.isRegularFile(jar)) {
      throw new PluginRejectedException("it is not a file; a plugin is one self-contained jar");
    }
    if (!Files.isReadable(jar)) {
      throw new PluginRejectedException("the file may not be read; check its permissions");
    }
    try (JarFile file = new JarFile(jar.toFile(), false, ZipFile.OPEN_READ)) {
      Manifest manifest = manifest(file);
      if (manifest == null) {
        throw new PluginRejectedException(
            "it has no manifest (META-INF/MANIFEST.MF), which has to give Plugin-Id and"
                + " Plugin-Version; build it as a plugin");
      }
      PluginDescriptor descriptor = of(jar, manifest.getMainAttributes());
      if (file.getEntry(SERVICE) == null) {
        throw new PluginRejectedException(
            "it has no " + SERVICE + ", which has to name its AgentPlugin");
      }
      return descriptor;
    } catch (IOException e) {
      throw new PluginRejectedException(
          "it is not a readable jar (" + e.getMessage() + "); copy it again", e);
    }
  }

  /** Not by {@link JarFile#getManifest}, which takes one of any length. */
  private static @Nullable Manifest manifest(JarFile file) throws IOException {
    ZipEntry entry = file.getEntry(JarFile.MANIFEST_NAME);
    if (entry == null) {
      return null;
    }
    try (InputStream in = file.getInputStream(entry)) {
      byte[] bytes = in.readNBytes(MAX_MANIFEST_BYTES + 1);
      if (bytes.length > MAX_MANIFEST_BYTES) {
        throw new PluginRejectedException(
            "its manifest is longer than " + MAX_MANIFEST_BYTES + " bytes; build it anew");
      }
      return new Manifest(new ByteArrayInputStream(bytes));
    }
  }

  private static PluginDescriptor of(Path jar, Attributes manifest) {
    String id = required(manifest, "Plugin-Id");
    if (!ID.matcher(id).matches()) {
      throw new PluginRejectedException(
          "its Plugin-Id is \""
              + id
              + "\"; allowed are letters, digits, '.', '_' and '-', at most 100, the first one a"
              + " letter or digit");
    }
    String dependencies = optional(manifest, "Plugin-Dependencies");
    if (!dependencies.isEmpty()) {
      throw new PluginRejectedException(
          "it depends on other plugins (Plugin-Dependencies: "
              + dependencies
              + "); a plugin has to be self-contained");
    }
    return new PluginDescriptor(
        jar, id, required(manifest, "Plugin-Version"), optional(manifest, "Plugin-Requires"));
  }

  private static String required(Attributes manifest, String name) {
    String value = optional(manifest, name);
    if (value.isEmpty()) {
      throw new PluginRejectedException("its manifest has no " + name + "; build it as a plugin");
    }
    return value;
  }

  private static String optional(Attributes manifest, String name) {
    @Nullable String value = manifest.getValue(name);
    return value == null ? "" : value.strip();
  }
}
