package outside;

import dev.sideline.api.AgentPlugin;
import dev.sideline.api.HostContext;
import dev.sideline.api.Message;
import dev.sideline.api.NewSession;
import dev.sideline.api.PendingRequest;
import dev.sideline.api.PluginEvent;
import dev.sideline.api.PluginHooks;
import dev.sideline.api.Prompt;
import dev.sideline.api.Reply;
import dev.sideline.api.Session;
import dev.sideline.api.SessionClient;
import dev.sideline.api.SessionEvent;
import dev.sideline.api.TaskOperator;
import dev.sideline.api.TaskSnapshot;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;

/** The host with the plugin in it, parents that launch tasks, and all that the plugin has told. */
final class Trial implements HostContext, AutoCloseable {

  static final List<String> WORKERS = List.of("quick", "thorough", "slow", "retried", "asking");

  private final AtomicReference<Consumer<SessionEvent>> sink = new AtomicReference<>(event -> {});
  private final MemoryHost host = new MemoryHost(event -> sink.get().accept(event));
  private final Queue<PluginEvent> told = new ConcurrentLinkedQueue<>();
  private final AtomicBoolean disposed = new AtomicBoolean();
  private final Queue<String> calledAfterDispose = new ConcurrentLinkedQueue<>();
  private final Set<String> parents = ConcurrentHashMap.newKeySet();
  private final Map<String, String> settings;
  private final SessionClient sessions;
  private final PluginHooks plugin;

  Trial(Map<String, String> settings, Weather weather) {
    this.settings = settings;
    sessions = new Gate(weather.over(host, parents), disposed, calledAfterDispose);
    plugin = ServiceLoader.load(AgentPlugin.class).findFirst().orElseThrow().activate(this);
    host.plugin(plugin);
    PluginHooks listener = weather.over(plugin);
    sink.set(
        event -> {
          if (event instanceof SessionEvent.Created || listener.observes(event.sessionId())) {
            listener.onEvent(event);
          }
        });
    agents();
  }

  /** Sets parents to work, each of which launches tasks for these agents in turn. */
  void launch(int count, int tasksEach, String notify, List<String> workers) {
    String planner = "planner-" + parents.size();
    host.agent(planner, prompt -> plan(prompt, tasksEach, notify, workers));
    for (int i = 0; i < count; i++) {
      Session parent = now(host.create(NewSession.of("parent " + i)));
      parents.add(parent.id());
      now(host.prompt(Prompt.of(parent.id(), host.newMessageId(), "Do it all").withAgent(planner)));
    }
  }

  private static List<Step> plan(Prompt prompt, int tasks, String notify, List<String> workers) {
    if (!prompt.text().equals("Do it all")) {
      return List.of(new Step.Say("Noted."));
    }
    List<Step> steps = new ArrayList<>();
    for (int i = 0; i < tasks; i++) {
      String agent = workers.get(i % workers.size());
      steps.add(
          new Step.Call(
              "background_task",
              """
              {"description": "Part %d", "agent": "%s", "prompt": "Part %d of it", \
              "notify": "%s"}\
              """
                  .formatted(i, agent, i, notify)));
    }
    steps.add(new Step.Say("All of it goes on in the background."));
    return steps;
  }

  private void agents() {
    Step.Say answer = new Step.Say("There are 3 rooms.");
    host.agent("quick", prompt -> List.of(answer));
    host.agent(
        "thorough",
        prompt ->
            List.of(
                new Step.Use("read", Duration.ofMillis(30)),
                new Step.Say("One moment. "),
                new Step.Use("grep", Duration.ofMillis(30)),
                answer));
    host.agent("slow", prompt -> List.of(new Step.Think(Duration.ofMillis(300)), answer));
    host.agent(
        "retried", prompt -> List.of(new Step.Retry("overloaded", Duration.ofMillis(50)), answer));
    host.agent(
        "asking",
        prompt ->
            List.of(
                new Step.Ask(
                    PendingRequest.Kind.PERMISSION, "May I?", List.of("allow", "always", "reject")),
                answer));
    host.agent("endless", prompt -> List.of(new Step.Think(Duration.ofHours(1)), answer));
  }

  /** All that a parent's session has, oldest first. */
  List<Message> messages(String parent) {
    List<Message> messages = new ArrayList<>(now(host.messages(parent, Integer.MAX_VALUE)));
    Collections.reverse(messages);
    return messages;
  }

  List<TaskSnapshot> tasks() {
    return now(plugin.operator().orElseThrow().tasks());
  }

  Set<String> parents() {
    return parents;
  }

  <E extends PluginEvent> List<E> told(Class<E> kind) {
    return told.stream().filter(kind::isInstance).map(kind::cast).toList();
  }

  /** All that is known of a session, for whoever looks into what went wrong. */
  String storyOf(String session) {
    StringBuilder story = new StringBuilder(session + " is " + statuses().get(session));
    messages(session).forEach(message -> story.append("\n  ").append(message));
    told.stream()
        .filter(event -> event.toString().contains(session))
        .forEach(event -> story.append("\n  ").append(event));
    return story.toString();
  }

  Map<String, ?> statuses() {
    return now(host.statuses());
  }

  Queue<String> calledAfterDispose() {
    return calledAfterDispose;
  }

  Duration dispose() {
    sink.set(event -> {});
    long start = System.nanoTime();
    plugin.dispose();
    disposed.set(true);
    return Duration.ofNanos(System.nanoTime() - start);
  }

  @Override
  public void close() {
    plugin.dispose();
    host.close();
  }

  @Override
  public SessionClient sessions() {
    return sessions;
  }

  @Override
  public Map<String, String> settings() {
    return settings;
  }

  /** A person at the screen allows what tasks ask for. */
  @Override
  public void publish(PluginEvent event) {
    if (disposed.get()) {
      calledAfterDispose.add("publish " + event);
    }
    told.add(event);
    if (event instanceof PluginEvent.RequestPending pending) {
      allow(pending.request().id());
    }
  }

  private void allow(String requestId) {
    plugin
        .operator()
        .orElseThrow()
        .answer(requestId, new Reply.Allow())
        .thenAccept(
            answered -> {
              if (answered.fate() == TaskOperator.Fate.REFUSED) {
                allow(requestId);
              }
            });
  }

  static <T> T now(CompletionStage<T> stage) {
    return stage.toCompletableFuture().orTimeout(30, TimeUnit.SECONDS).join();
  }
}
