package dev.sideline.host.opencode;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.sideline.api.AgentCatalog;
import dev.sideline.api.AgentInfo;
import dev.sideline.api.AgentInfo.Access;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import okhttp3.HttpUrl;
import org.jspecify.annotations.Nullable;

/**
 * The server's agents, as the agent that works in a session may have them work: those that the
 * server offers to other agents, but for what the rules of that agent and that session forbid.
 * Where a person would have to be asked, it is forbidden here, since nobody can be.
 */
final class ServerAgents {

  /** The server's own agent for all sorts of work. */
  private static final String BY_DEFAULT = "general";

  private static final String PRIMARY = "primary";

  private final HttpCalls http;
  private final ObjectReader agentsReader;
  private final ObjectReader messagesReader;

  ServerAgents(HttpCalls http, JsonMapper mapper) {
    this.http = http;
    this.agentsReader = mapper.readerFor(new TypeReference<List<Wire.Agent>>() {});
    this.messagesReader = mapper.readerFor(new TypeReference<List<Wire.MessageHead>>() {});
  }

  /** As a session sees them. */
  CompletableFuture<AgentCatalog> of(Wire.SessionInfo session) {
    HttpUrl agents = OpenCodeSessionClient.in(http.url("agent"), session.directory());
    HttpUrl newest =
        http.url("session", Objects.requireNonNull(session.id()), "message")
            .addQueryParameter("limit", "1")
            .build();
    return http.<List<Wire.Agent>>get(agents, agentsReader)
        .thenCombine(
            http.<List<Wire.MessageHead>>get(newest, messagesReader),
            (all, messages) -> catalog(all, session, worksIn(session, messages)));
  }

  /** The agent that works in a session: that of its newest message. */
  private static @Nullable String worksIn(
      Wire.SessionInfo session, List<Wire.MessageHead> messages) {
    for (Wire.MessageHead message : messages) {
      if (message.info() != null && message.info().agent() != null) {
        return message.info().agent();
      }
    }
    return session.agent();
  }

  private static AgentCatalog catalog(
      List<Wire.Agent> all, Wire.SessionInfo session, @Nullable String works) {
    List<Wire.Rule> rules = new ArrayList<>();
    all.stream()
        .filter(agent -> works == null ? PRIMARY.equals(agent.mode()) : works.equals(agent.name()))
        .findFirst()
        .ifPresent(agent -> rules.addAll(Permissions.of(agent.permission())));
    rules.addAll(Permissions.of(session.permission()));
    List<AgentInfo> agents = new ArrayList<>();
    for (Wire.Agent agent : all) {
      // The server's own helpers, such as the one that finds titles, are nobody's.
      if (agent.name() != null && !(agent.hidden() && PRIMARY.equals(agent.mode()))) {
        agents.add(info(agent, agent.name(), rules));
      }
    }
    AgentCatalog catalog = new AgentCatalog(agents, null);
    boolean byDefault =
        catalog.find(BY_DEFAULT).map(AgentInfo::access).orElse(null) == Access.OFFERED;
    return byDefault ? new AgentCatalog(agents, BY_DEFAULT) : catalog;
  }

  private static AgentInfo info(Wire.Agent agent, String name, List<Wire.Rule> rules) {
    Access access = PRIMARY.equals(agent.mode()) ? Access.RESERVED : Access.OFFERED;
    if (!Permissions.allows(rules, Permissions.TASK, name)) {
      access = Access.DENIED;
    }
    return new AgentInfo(name, Objects.requireNonNullElse(agent.description(), ""), access);
  }
}
