package dev.sideline.host.embedded;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.sideline.api.NewSession;
import dev.sideline.api.Tool;
import dev.sideline.api.ToolCall;
import dev.sideline.api.ToolResult;
import dev.sideline.host.plugin.PluginHost;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * A host in a process of its own, which is stopped and continued in the middle of its work, and
 * then tells what has become of it. Takes the folder of the plugins; prints {@code ready} when it
 * may be stopped, and at the end lines {@code name=value}: how late each wait was, in milliseconds,
 * and how the tasks have ended.
 */
public final class StoppedHost {

  private static final JsonMapper JSON = new JsonMapper();

  /** Ends while the process is stopped; its time is over by then as well. */
  private static final AgentDefinition SOON = Sandbox.shell("soon", "sleep 6; echo soon");

  /** Is at work while the process is stopped and after it, for longer than it may be in all. */
  private static final AgentDefinition LATER = Sandbox.shell("later", "sleep 32; echo later");

  private final Heart heart = new Heart();
  private final PluginHost plugins;
  private final String session;

  private StoppedHost(PluginHost plugins, String session) {
    this.plugins = plugins;
    this.session = session;
  }

  public static void main(String[] args) throws IOException {
    try (EmbeddedRuntime runtime = EmbeddedRuntime.create(List.of(SOON, LATER))) {
      PluginHost plugins =
          new PluginHost(
              Path.of(args[0]), runtime.sessions(), Map.of(), null, Clock.systemUTC(), e -> {});
      try (plugins) {
        runtime.start(plugins.events());
        NewSession mine = new NewSession(null, "mine", null, Map.of());
        new StoppedHost(plugins, Sandbox.answer(runtime.sessions().create(mine)).id()).run();
      }
    }
  }

  private void run() throws IOException {
    heart.start();
    String soon = launch("soon", 12);
    String later = launch("later", 22);
    Sandbox.patiently().until(() -> hasBegun(soon));
    Sandbox.patiently().until(() -> hasBegun(later));
    Wait within = new Wait(later, 10);
    Wait beyond = new Wait(later, 23);
    Wait ended = new Wait(soon, 60);
    System.out.println("ready");
    System.out.println("late.within=" + within.lateMillis());
    System.out.println("soon.waited=" + status(ended.result()));
    System.out.println("late.beyond=" + beyond.lateMillis());
    System.out.println("later=" + status(new Wait(later, 60).result()));
    System.out.println("soon=" + status(soon));
    System.out.println("stopped=" + TimeUnit.NANOSECONDS.toMillis(heart.longest().length()));
    heart.interrupt();
  }

  private String launch(String agent, int timeoutSeconds) throws IOException {
    String arguments =
        JSON.createObjectNode()
            .put("agent", agent)
            .put("description", agent)
            .put("prompt", "work")
            .put("timeout_seconds", timeoutSeconds)
            .toString();
    return JSON.readTree(structured(Sandbox.answer(call("background_task", arguments))))
        .path("task_id")
        .asText();
  }

  private boolean hasBegun(String task) throws IOException {
    return !Set.of("pending", "starting").contains(status(task));
  }

  private String status(String task) throws IOException {
    return status(Sandbox.answer(call("background_output", "{\"task_id\":\"" + task + "\"}")));
  }

  private static String status(ToolResult shown) throws IOException {
    JsonNode task = JSON.readTree(structured(shown)).at("/tasks/0");
    return task.path("status").asText()
        + (task.has("reason") ? ": " + task.path("reason").asText() : "");
  }

  private static String structured(ToolResult result) {
    String json = result.structured();
    if (json == null) {
      throw new IllegalStateException(result.text());
    }
    return json;
  }

  private CompletableFuture<ToolResult> call(String name, String arguments) {
    Tool tool =
        plugins.tools().stream()
            .filter(one -> one.spec().name().equals(name))
            .findFirst()
            .orElseThrow();
    return tool.call(ToolCall.of(session, arguments)).toCompletableFuture();
  }

  /** A call that waits, and when it was answered. */
  private final class Wait {

    private final long dueNanos;
    private final CompletableFuture<ToolResult> call;
    private final CompletableFuture<Long> answered;

    Wait(String task, long seconds) {
      call =
          call(
              "background_output",
              "{\"task_id\":\""
                  + task
                  + "\",\"wait\":\"any\",\"timeout_seconds\":"
                  + seconds
                  + "}");
      dueNanos = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
      answered = call.thenApply(result -> System.nanoTime());
    }

    ToolResult result() {
      return call.orTimeout(2, TimeUnit.MINUTES).join();
    }

    /**
     * By how much it was answered later than it was due, or than the process ran again; without the
     * time for which the process had no time to run, on a machine that is busy.
     */
    long lateMillis() {
      long at = answered.orTimeout(2, TimeUnit.MINUTES).join();
      long from = Math.max(dueNanos, heart.longest().to());
      return TimeUnit.NANOSECONDS.toMillis(at - from - heart.missedNanos(from, at));
    }
  }

  /** A time for which this process did not run, by {@link System#nanoTime}. */
  private record Gap(long from, long to) {

    long length() {
      return to - from;
    }
  }

  /** Beats at short intervals, and remembers when it could not. */
  private static final class Heart extends Thread {

    private static final long BEAT_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

    private final List<Gap> gaps = new ArrayList<>();

    Heart() {
      super("heart");
      setDaemon(true);
    }

    @Override
    public void run() {
      long last = System.nanoTime();
      while (!isInterrupted()) {
        LockSupport.parkNanos(BEAT_NANOS);
        long now = System.nanoTime();
        if (now - last > 5 * BEAT_NANOS) {
          note(new Gap(last, now));
        }
        last = now;
      }
    }

    private synchronized void note(Gap gap) {
      gaps.add(gap);
    }

    synchronized Gap longest() {
      Gap longest = new Gap(0, 0);
      for (Gap gap : gaps) {
        longest = gap.length() > longest.length() ? gap : longest;
      }
      return longest;
    }

    synchronized long missedNanos(long from, long to) {
      long missed = 0;
      for (Gap gap : gaps) {
        missed += Math.max(0, Math.min(to, gap.to()) - Math.max(from, gap.from()));
      }
      return missed;
    }
  }
}
