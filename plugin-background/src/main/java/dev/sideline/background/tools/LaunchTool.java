package dev.sideline.background.tools;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sideline.api.AgentInfo;
import dev.sideline.api.Audience;
import dev.sideline.api.ToolResult;
import dev.sideline.api.ToolSpec;
import dev.sideline.background.character.Characters;
import dev.sideline.background.engine.protocol.Answer;
import dev.sideline.background.engine.protocol.Input;
import dev.sideline.background.rights.LaunchableAgents;
import dev.sideline.background.rights.WorkingDirectories;
import dev.sideline.background.text.LaunchText;
import dev.sideline.background.text.Promise;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** {@code background_task}: launches a task, or goes on in the session of one that has ended. */
final class LaunchTool extends BackgroundTool {

  private static final String DESCRIPTION =
      """
      Launch a task for another agent in the background and go on with your own work at once. \
      The task runs in a session of its own and sees nothing of this conversation: put everything \
      it needs to know into the prompt. Returns the task's id immediately; %s. Read results with \
      background_output. Launch several tasks one after another to have them work at the same time. With task_id it goes on where a \
      task of yours that has ended left off, in the same session; a task that is still at work is \
      given a message with background_send instead.\
      """;

  private static final String NO_CALLER =
      "Not launched: the host has no session '%s', in whose name this call is made, and so nobody"
          + " who could be told of the task.";

  private static final String HOST_SILENT =
      "Not launched: the host has not said which agents you may launch. If it can be reached again,"
          + " the same launch works.";

  private final LaunchArguments reader;

  LaunchTool(Toolbox box) {
    super(spec(box, box.usualPromise(), box.runtime().knownAgents()), box);
    this.reader = new LaunchArguments(box.settings());
  }

  private static ToolSpec spec(Toolbox box, Promise promise, List<AgentInfo> agents) {
    return ToolSpec.of(
            "background_task",
            DESCRIPTION.formatted(promise.inLaunch()),
            LaunchArguments.schema(box.settings(), agents, promise))
        .withTitle("Launch a background task")
        .withOutputSchema(TaskJson.schemaWith(",\"existing\":{\"type\":\"boolean\"}"))
        .withHints(ADDS)
        .withUpFront(true);
  }

  @Override
  public ToolSpec spec(Audience audience) {
    return withNews(spec(box, Promise.of(audience.reach()), audience.agents()));
  }

  @Override
  Request request(String caller, Arguments arguments) {
    return new Launching(caller, reader.read(arguments), null);
  }

  /** A launch. */
  private final class Launching implements Request {

    private final String caller;
    private final LaunchArguments.Launch launch;

    /** The agents that its caller may launch; null before that was looked at. */
    private final @Nullable LaunchableAgents agents;

    Launching(String caller, LaunchArguments.Launch launch, @Nullable LaunchableAgents agents) {
      this.caller = caller;
      this.launch = launch;
      this.agents = agents;
    }

    @Override
    public CompletionStage<Request> checked() {
      return box.runtime().callerExists(caller).thenCompose(this::checked);
    }

    private CompletionStage<Request> checked(boolean callerExists) {
      if (!callerExists) {
        throw new BadArgument(
            NO_CALLER.formatted(Characters.cut(Characters.visible(caller), MAX_REF_CHARS)));
      }
      String schema = launch.spec().resultSchema();
      if (schema == null && launch.spec().directory() == null) {
        return allowed(launch);
      }
      return (schema == null
              ? CompletableFuture.<@Nullable Void>completedFuture(null)
              : refuseUnlessGood(schema))
          .thenCompose(fits -> directory())
          .thenCompose(decision -> allowed(launch.in(decision.path())));
    }

    private CompletionStage<Request> allowed(LaunchArguments.Launch placed) {
      return box.runtime()
          .launchableAgents(caller)
          .thenApply(
              allowed ->
                  new Launching(
                      caller, placed, allowed.orElseThrow(() -> new BadArgument(HOST_SILENT))));
    }

    private CompletionStage<WorkingDirectories.Decision> directory() {
      String wish = launch.spec().directory();
      return wish == null
          ? CompletableFuture.completedStage(new WorkingDirectories.Decision(null, null))
          : box.runtime()
              .workingDirectory(caller, wish)
              .thenApply(
                  decision -> {
                    if (decision.refusal() != null) {
                      throw new BadArgument(LaunchText.directoryRefused(wish, decision.refusal()));
                    }
                    return decision;
                  });
    }

    @Override
    public Input input(long call) {
      return new Input.Launch(
          call,
          caller,
          launch.spec(),
          launch.options(),
          launch.after(),
          launch.resumes(),
          Objects.requireNonNull(agents, "not checked"),
          box.runtime().reach(caller));
    }

    @Override
    public ToolResult result(Answer answer) {
      if (!(answer instanceof Answer.Launched launched)) {
        return ToolResult.failure(LaunchText.refused(answer));
      }
      ObjectNode json = box.json().newObject();
      TaskJson.write(json, launched.task(), box.now());
      json.put("existing", launched.existing());
      return ToolResult.of(
          LaunchText.launched(launched, box.promise(caller), box.now()), Json.text(json));
    }
  }

  private CompletionStage<@Nullable Void> refuseUnlessGood(String schema) {
    return box.runtime()
        .schemaProblems(schema)
        .handle(
            (problems, failure) -> {
              if (failure != null) {
                throw new BadArgument(
                    "Not launched: there was no time to check 'result_schema'; try again later.");
              }
              if (!problems.isEmpty()) {
                throw new BadArgument(
                    "'result_schema' is not a JSON Schema that can be used: "
                        + String.join("; ", problems)
                        + ".");
              }
              return null;
            });
  }
}
