package dev.sideline.host.cli;

import dev.sideline.api.Audience;
import dev.sideline.api.NewSession;
import dev.sideline.api.PluginEvent;
import dev.sideline.api.Reach;
import dev.sideline.api.Session;
import dev.sideline.api.SessionClient;
import dev.sideline.api.Tool;
import dev.sideline.host.embedded.Workplace;
import dev.sideline.host.mcp.CallerIdentification;
import dev.sideline.host.mcp.Conversation;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A client's part of what an owner has: its own agents, environment and sessions. */
final class OwnedHost extends Host {

  private final Owner owner;
  private final String client;
  private final String runtime;

  /** Null for one whose sessions live in a server. */
  private final @Nullable Workplace workplace;

  /** What it has of a server that was started for it, or with others. */
  private final Runnable leave;

  private final Audience audience;
  private final Consumer<PluginEvent> published;
  private final List<String> woken = new ArrayList<>();
  private final Set<String> conversations = ConcurrentHashMap.newKeySet();
  private final Set<String> resumable = ConcurrentHashMap.newKeySet();
  private boolean nameless;
  private boolean closed;

  private OwnedHost(
      Owner owner,
      String client,
      String runtime,
      @Nullable Workplace workplace,
      Runnable leave,
      @Nullable Reach reach,
      Consumer<PluginEvent> published,
      Console console) {
    super(owner.plugins(), console.surroundings().directory());
    this.owner = owner;
    this.client = client;
    this.runtime = runtime;
    this.workplace = workplace;
    this.leave = leave;
    SessionClient here = here();
    this.audience = new Audience(reach == null ? here.usualReach() : reach, here.knownAgents());
    this.published = published;
    owner.attached(this, published);
  }

  /**
   * That of a client whose agents are commands.
   *
   * @param reach how those who call can be told; null if it is as with all sessions there
   */
  static OwnedHost embedded(
      Owner owner,
      String client,
      Workplace workplace,
      @Nullable Reach reach,
      Consumer<PluginEvent> published,
      Console console) {
    return new OwnedHost(
        owner, client, Owner.embeddedName(), workplace, () -> {}, reach, published, console);
  }

  /**
   * That of a client whose sessions live in a server.
   *
   * @param runtime the name of that
   * @param leave lets go of it
   * @param reach how those who call can be told; null if it is as with all sessions there
   */
  static OwnedHost at(
      Owner owner,
      String client,
      String runtime,
      Runnable leave,
      @Nullable Reach reach,
      Consumer<PluginEvent> published,
      Console console) {
    return new OwnedHost(owner, client, runtime, null, leave, reach, published, console);
  }

  /** The sessions as this client creates them; a server that is started anew has others. */
  private SessionClient here() {
    Workplace own = workplace;
    return own == null ? owner.routed().of(runtime) : owner.sessions(own);
  }

  /** In words that fit those who call by way of this client. */
  @Override
  List<Tool> tools() {
    return super.tools().stream().<Tool>map(tool -> new AudienceTool(tool, audience)).toList();
  }

  @Override
  SessionClient sessions() {
    return owner.conversations();
  }

  @Override
  CompletionStage<Session> create(NewSession request) {
    return owner.routed().create(request, runtime, here());
  }

  /** One that was there before goes on, so that its tasks are found again. */
  @Override
  CompletionStage<String> sessionOf(Conversation conversation, @Nullable Waker waker) {
    String name =
        conversation.id().isEmpty()
            ? Owner.ofConnection(client)
            : conversation.program() + ":" + conversation.id();
    if (conversation.id().isEmpty()) {
      nameless();
    }
    boolean named = !conversation.id().isEmpty();
    return owner
        .places()
        .sessionOf(name)
        .map(known -> existing(known, conversation))
        .orElseGet(() -> newSession(conversation))
        .thenCompose(
            id -> owner.places().converses(name, id).thenApply(done -> held(id, named, waker)));
  }

  private CompletionStage<String> existing(String sessionId, Conversation conversation) {
    return owner
        .routed()
        .get(sessionId)
        .thenCompose(
            found ->
                found.isPresent()
                    ? goesOn(sessionId).thenApply(done -> sessionId)
                    : newSession(conversation));
  }

  /** The sessions that stand for the conversations of this client. */
  Set<String> conversationSessions() {
    return conversations;
  }

  /** It is over when this client has gone. */
  private synchronized void nameless() {
    nameless = true;
    owner.departures().back(Owner.ofConnection(client));
    if (closed) {
      owner.departures().left(Owner.ofConnection(client));
    }
  }

  private synchronized String held(String sessionId, boolean named, @Nullable Waker waker) {
    conversations.add(sessionId);
    if (named) {
      resumable.add(sessionId);
    }
    if (waker == null || closed) {
      owner.conversations().heldElsewhere(sessionId);
    } else {
      woken.add(sessionId);
      owner.conversations().heldElsewhere(sessionId, waker);
    }
    return sessionId;
  }

  @Override
  CompletionStage<Void> goesOn(String sessionId) {
    Workplace here = workplace;
    if (here == null) {
      return owner.routed().calls(sessionId, runtime);
    }
    return owner.routed().livesIn(sessionId, runtime)
        ? owner.goesOn(sessionId, here)
        : CompletableFuture.completedStage(null);
  }

  @Override
  CallerIdentification signed(CallerIdentification callers) {
    return (tool, arguments, origin) ->
        callers
            .identify(tool, arguments, origin)
            .thenCompose(
                caller ->
                    owner.routed().calls(caller.sessionId(), runtime).thenApply(done -> caller));
  }

  @Override
  boolean outlives(String sessionId) {
    return resumable.contains(sessionId);
  }

  @Override
  boolean endsWithCommand() {
    return false;
  }

  /** Lets go of the owner, which goes on with what was begun. */
  @Override
  public synchronized void close() {
    if (closed) {
      return;
    }
    closed = true;
    owner.detached(this, published);
    if (nameless) {
      owner.departures().left(Owner.ofConnection(client));
    }
    woken.forEach(owner.conversations()::notWoken);
    leave.run();
  }
}
