package dev.sideline.host.opencode;

import dev.sideline.api.SessionClient;
import dev.sideline.api.SessionEvent;
import dev.sideline.api.contract.Errand;
import dev.sideline.api.contract.HeldErrand;
import dev.sideline.api.contract.SessionBackend;
import dev.sideline.api.contract.SessionClientContract;
import dev.sideline.host.model.Gate;
import dev.sideline.host.model.Reply;
import dev.sideline.host.model.ScriptedModelServer;
import dev.sideline.host.opencode.harness.RealOpenCode;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The contract of the session client, on a real OpenCode server. */
class OpenCodeContractIT extends SessionClientContract {

  @RegisterExtension static final RealOpenCode opencode = RealOpenCode.server();

  private static final AtomicInteger errands = new AtomicInteger();

  @Override
  protected SessionBackend open(Consumer<SessionEvent> events) {
    RecordingSink sink = new RecordingSink(events);
    OpenCodeRuntime runtime = OpenCodeRuntime.connect(opencode.options());
    runtime.start(sink);
    sink.awaitConnected(1);
    return new Backend(runtime, sink, opencode.model());
  }

  /** Errands are told apart by a number in their text. */
  private record Backend(OpenCodeRuntime runtime, RecordingSink sink, ScriptedModelServer model)
      implements SessionBackend {

    @Override
    public SessionClient sessions() {
      return runtime.sessions();
    }

    @Override
    public Errand answering(String text) {
      Errand errand = newErrand();
      model.whenAsked(errand.prompt()).reply(Reply.text(text));
      return errand;
    }

    @Override
    public HeldErrand holding(String beginning, String end) {
      Errand errand = newErrand();
      Gate gate = model.whenAsked(errand.prompt()).hold(beginning, end);
      return new HeldErrand() {
        @Override
        public Errand errand() {
          return errand;
        }

        @Override
        public void release() {
          gate.open();
        }
      };
    }

    @Override
    public Errand askingPermission() {
      return usingTool("bash", "{\"command\":\"echo allowed\",\"description\":\"says so\"}");
    }

    @Override
    public Errand askingQuestion() {
      return usingTool(
          "question",
          "{\"questions\":[{\"question\":\"Tea or coffee?\",\"header\":\"Drink\",\"options\":"
              + "[{\"label\":\"Tea\",\"description\":\"hot\"},"
              + "{\"label\":\"Coffee\",\"description\":\"hot\"}]}]}");
    }

    private Errand usingTool(String tool, String arguments) {
      Errand errand = new Errand(RealOpenCode.ASKER, newErrand().prompt());
      model
          .whenAsked(errand.prompt())
          .reply(Reply.tool(tool, arguments))
          .reply(turn -> Reply.text(String.join("\n", turn.toolResults())));
      return errand;
    }

    @Override
    public Errand failing() {
      Errand errand = newErrand();
      model.whenAsked(errand.prompt()).reply(Reply.error(400, "the model does not like this"));
      return errand;
    }

    /** The server puts a text into its messages when it is complete, and tells of pieces before. */
    @Override
    public boolean toldOfText(String sessionId) {
      return sink.of(sessionId, SessionEvent.Other.class).stream()
          .anyMatch(event -> event.type().equals("message.part.delta"));
    }

    @Override
    public void close() {
      runtime.close();
    }

    private static Errand newErrand() {
      return new Errand(RealOpenCode.WORKER, "errand number " + errands.incrementAndGet() + ".");
    }
  }
}
