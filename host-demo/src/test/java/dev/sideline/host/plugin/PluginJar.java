package dev.sideline.host.plugin;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.zip.ZipEntry;
import javax.tools.FileObject;
import javax.tools.ForwardingJavaFileManager;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileManager;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

/**
 * A plugin jar, good or broken, made for one test: compiled from source text against the class path
 * of the test, and written where the test wants it.
 *
 * <pre>{@code
 * PluginJar.named("good").hooks("public void onEvent(SessionEvent e) { say(e.sessionId()); }")
 *     .writeTo(folder);
 * }</pre>
 */
final class PluginJar {

  private static final String MAIN = "sample.Main";

  private static final String TEMPLATE =
      """
      package sample;
      import dev.sideline.api.*;
      import java.util.*;
      import java.util.concurrent.*;
      import java.util.function.*;
      public class Main implements AgentPlugin {
        %s
        public PluginHooks activate(HostContext host) {
          %s
          return new Hooks(host);
        }
        public static class Hooks implements PluginHooks {
          final HostContext host;
          Hooks(HostContext host) {
            this.host = host;
          }
          void say(String text) {
            host.publish(
                new PluginEvent.TaskChanged(
                    "t", "p", "p", null, text, TaskStatus.RUNNING, null));
          }
          Tool tool(String name, Function<ToolCall, CompletionStage<ToolResult>> body) {
            return new Tool() {
              public ToolSpec spec() {
                return ToolSpec.of(name, "sample", "{\\"type\\":\\"object\\"}")
                    .withHints(new ToolSpec.Hints(true, false, true, false));
              }
              public CompletionStage<ToolResult> call(ToolCall call) {
                return body.apply(call);
              }
            };
          }
          CompletionStage<ToolResult> done(String text) {
            return CompletableFuture.completedFuture(ToolResult.of(text, null));
          }
          %s
        }
      }
      """;

  private final String name;
  private final Map<String, String> sources = new LinkedHashMap<>();
  private final Map<String, byte[]> entries = new TreeMap<>();
  private final Map<String, String> attributes = new LinkedHashMap<>();
  private String mainMembers = "";
  private String activation = "";
  private String hooks = "";
  private String provider = MAIN;
  private boolean manifest = true;

  private PluginJar(String name) {
    this.name = name;
    attributes.put("Plugin-Id", name);
    attributes.put("Plugin-Version", "1.0.0");
  }

  /** A good plugin that does nothing, in a jar of that name and with that id. */
  static PluginJar named(String name) {
    return new PluginJar(name);
  }

  /** Members of the hooks class, which has {@code say(text)} and {@code tool(name, body)}. */
  PluginJar hooks(String members) {
    hooks = members;
    return this;
  }

  /** Members of the provider class, such as a constructor. */
  PluginJar main(String members) {
    mainMembers = members;
    return this;
  }

  /** Statements at the beginning of {@code activate(host)}. */
  PluginJar activate(String statements) {
    activation = statements;
    return this;
  }

  /** Another class. */
  PluginJar source(String className, String text) {
    sources.put(className, text);
    return this;
  }

  /** What the provider file says instead of the main class. */
  PluginJar provider(String text) {
    provider = text;
    return this;
  }

  /** Sets an attribute of the manifest; null leaves it out. */
  PluginJar attribute(String key, String value) {
    attributes.put(key, value);
    return this;
  }

  PluginJar withoutManifest() {
    manifest = false;
    return this;
  }

  PluginJar without(String entry) {
    entries.put(entry, null);
    return this;
  }

  PluginJar entry(String path, byte[] content) {
    entries.put(path, content);
    return this;
  }

  /** Brings the class file of a class of the host along. */
  PluginJar bundle(Class<?> type) {
    String path = type.getName().replace('.', '/') + ".class";
    try (InputStream in = type.getClassLoader().getResourceAsStream(path)) {
      return entry(path, in.readAllBytes());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The bytes of the jar. */
  byte[] bytes() {
    Map<String, byte[]> content = new TreeMap<>(compile());
    content.put(PluginDescriptor.SERVICE, provider.getBytes(StandardCharsets.UTF_8));
    content.putAll(entries);
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (JarOutputStream jar =
        manifest ? new JarOutputStream(bytes, manifest()) : new JarOutputStream(bytes)) {
      for (Map.Entry<String, byte[]> entry : content.entrySet()) {
        if (entry.getValue() != null) {
          jar.putNextEntry(new ZipEntry(entry.getKey()));
          jar.write(entry.getValue());
          jar.closeEntry();
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  /** Writes the jar into a folder. */
  Path writeTo(Path folder) {
    return write(folder, name + ".jar", bytes());
  }

  /** Writes only the first part of the jar. */
  Path truncatedTo(Path folder) {
    byte[] whole = bytes();
    return write(folder, name + ".jar", Arrays.copyOf(whole, whole.length / 2));
  }

  static Path write(Path folder, String fileName, byte[] content) {
    try {
      return Files.write(folder.resolve(fileName), content);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Manifest manifest() {
    Manifest result = new Manifest();
    result.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
    attributes.forEach(
        (key, value) -> {
          if (value != null) {
            result.getMainAttributes().putValue(key, value);
          }
        });
    return result;
  }

  private Map<String, byte[]> compile() {
    Map<String, String> texts = new LinkedHashMap<>(sources);
    texts.putIfAbsent(MAIN, TEMPLATE.formatted(mainMembers, activation, hooks));
    return compile(texts, System.getProperty("java.class.path"));
  }

  /** Compiles classes in memory; the result maps the paths of class files to their bytes. */
  static Map<String, byte[]> compile(Map<String, String> texts, String classPath) {
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    List<JavaFileObject> units = new ArrayList<>();
    texts.forEach((type, text) -> units.add(new SourceText(type, text)));
    try (StandardJavaFileManager standard = compiler.getStandardFileManager(null, null, null);
        ClassFiles files = new ClassFiles(standard)) {
      List<String> options =
          List.of("--release", "17", "-proc:none", "-nowarn", "-classpath", classPath);
      StringBuilder errors = new StringBuilder();
      boolean compiled =
          compiler
              .getTask(
                  null, files, problem -> errors.append(problem).append('\n'), options, null, units)
              .call();
      if (!compiled) {
        throw new IllegalArgumentException("the source of the test does not compile:\n" + errors);
      }
      return files.result();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static final class SourceText extends SimpleJavaFileObject {
    private final String text;

    SourceText(String type, String text) {
      super(URI.create("string:///" + type.replace('.', '/') + ".java"), Kind.SOURCE);
      this.text = text;
    }

    @Override
    public CharSequence getCharContent(boolean ignoreEncodingErrors) {
      return text;
    }
  }

  private static final class ClassFiles extends ForwardingJavaFileManager<JavaFileManager> {
    private final Map<String, ByteArrayOutputStream> written = new TreeMap<>();

    ClassFiles(JavaFileManager manager) {
      super(manager);
    }

    @Override
    public JavaFileObject getJavaFileForOutput(
        Location location, String type, JavaFileObject.Kind kind, FileObject sibling) {
      String path = type.replace('.', '/') + ".class";
      return new SimpleJavaFileObject(URI.create("mem:///" + path), kind) {
        @Override
        public OutputStream openOutputStream() {
          return written.computeIfAbsent(path, p -> new ByteArrayOutputStream());
        }

        @Override
        public InputStream openInputStream() {
          return new ByteArrayInputStream(written.get(path).toByteArray());
        }
      };
    }

    Map<String, byte[]> result() {
      Map<String, byte[]> bytes = new TreeMap<>();
      written.forEach((path, content) -> bytes.put(path, content.toByteArray()));
      return bytes;
    }
  }
}
