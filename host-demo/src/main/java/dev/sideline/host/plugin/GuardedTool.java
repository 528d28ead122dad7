package dev.sideline.host.plugin;

import dev.sideline.api.Audience;
import dev.sideline.api.Tool;
import dev.sideline.api.ToolCall;
import dev.sideline.api.ToolResult;
import dev.sideline.api.ToolSpec;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * A plugin's tool as the rest of the host sees it: a call always gets a result, whatever the plugin
 * does, and whether or not it is still there. Thread-safe.
 */
final class GuardedTool implements Tool {

  private final String pluginId;
  private final PluginBoundary boundary;
  private final ToolSpec spec;
  private final AtomicLong calls = new AtomicLong();
  private final Map<Long, CompletableFuture<ToolResult>> open = new ConcurrentHashMap<>();

  /** Null once the plugin is stopped. */
  private volatile @Nullable Tool tool;

  GuardedTool(String pluginId, PluginBoundary boundary, ToolSpec spec, Tool tool) {
    this.pluginId = pluginId;
    this.boundary = boundary;
    this.spec = spec;
    this.tool = tool;
  }

  @Override
  public ToolSpec spec() {
    return spec;
  }

  /** As the plugin says it, if that is the same tool in other words. */
  @Override
  public ToolSpec spec(Audience audience) {
    Tool inside = tool;
    if (inside == null) {
      return spec;
    }
    ToolSpec said = boundary.call("spec", () -> inside.spec(audience), spec);
    return said != null && said.name().equals(spec.name()) && said.hints().equals(spec.hints())
        ? said
        : spec;
  }

  @Override
  public CompletionStage<ToolResult> call(ToolCall call) {
    CompletableFuture<ToolResult> answer = new CompletableFuture<>();
    Long number = calls.incrementAndGet();
    open.put(number, answer);
    boolean begun = boundary.call("tool " + spec.name(), () -> begin(call, answer), false);
    if (!begun) {
      answer.complete(tool == null ? gone() : failed());
    }
    return answer.whenComplete((result, failure) -> open.remove(number));
  }

  private boolean begin(ToolCall call, CompletableFuture<ToolResult> answer) {
    Tool inside = tool;
    if (inside == null) {
      return false;
    }
    inside.call(reaching(call)).whenComplete((result, failure) -> finish(answer, result, failure));
    return true;
  }

  /** A call whose cancellation reaches the plugin as any call does, and not when it is gone. */
  private ToolCall reaching(ToolCall call) {
    return new ToolCall(
        call.arguments(),
        call.sessionId(),
        call.messageId(),
        call.callId(),
        action -> call.cancellation().onCancel(() -> boundary.run("cancellation", action)),
        call.progress());
  }

  private void finish(
      CompletableFuture<ToolResult> answer,
      @Nullable ToolResult result,
      @Nullable Throwable failure) {
    if (result != null) {
      answer.complete(result);
      return;
    }
    answer.complete(failed());
    boundary.report(
        "tool " + spec.name(),
        failure != null ? failure : new NullPointerException("the tool's result is null"));
  }

  /** Lets no call through any more; those that are open are the plugin's to answer. */
  void stop() {
    tool = null;
  }

  /** Answers the calls that the plugin has left open. */
  void release() {
    stop();
    open.values().forEach(answer -> answer.complete(gone()));
  }

  private ToolResult failed() {
    return ToolResult.failure(
        "%s failed inside the plugin %s: a defect of the plugin, not of your call. It may or may not have taken effect; the host's log has the details."
            .formatted(spec.name(), pluginId));
  }

  private ToolResult gone() {
    return ToolResult.failure(
        "%s is not available any more: the plugin %s has been stopped."
            .formatted(spec.name(), pluginId));
  }
}
