package dev.sideline.host.connect;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sideline.host.connect.TomlStatements.Kind;
import dev.sideline.host.connect.TomlStatements.Statement;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The Stop hooks in Codex' own configuration, where they stand as groups of tables: {@code
 * [[hooks.Stop]]}, and in each {@code [[hooks.Stop.hooks]]}.
 */
final class CodexHooks {

  private static final String HOOKS = "hooks";
  private static final String EVENT = "Stop";

  /** Whether a person has allowed a hook; Codex writes it, and it is no hook itself. */
  private static final String STATE = "state";

  private static final List<String> GROUPS = List.of(HOOKS, EVENT);
  private static final List<String> HOOK = List.of(HOOKS, EVENT, HOOKS);

  /** One hook: the how manieth of the how manieth group. */
  private record Place(int group, int hook) {}

  private CodexHooks() {}

  /** Whether somebody keeps hooks in a configuration. */
  static boolean areIn(JsonNode config) {
    return config.path(HOOKS).properties().stream()
        .anyMatch(member -> !member.getKey().equals(STATE));
  }

  /** The tables of a hook. */
  static String tables(String command, int timeoutSeconds) {
    return "[[hooks.Stop]]\n[[hooks.Stop.hooks]]\ntype = \"command\"\ncommand = "
        + TomlText.quoted(command)
        + "\ntimeout = "
        + timeoutSeconds
        + "\n";
  }

  /** Our hooks that are in a configuration, as they stand there. */
  static List<JsonNode> oursIn(JsonNode config) {
    return places(config).stream()
        .map(place -> groups(config).path(place.group()).path(HOOKS).path(place.hook()))
        .toList();
  }

  /** Takes ours out of what a configuration means; a group that has no other goes with it. */
  static void removeFrom(ObjectNode config) {
    List<Place> ours = places(config);
    for (int i = ours.size() - 1; i >= 0; i--) {
      ArrayNode groups = (ArrayNode) groups(config);
      ArrayNode hooks = (ArrayNode) groups.path(ours.get(i).group()).path(HOOKS);
      if (hooks.size() > 1) {
        hooks.remove(ours.get(i).hook());
      } else {
        groups.remove(ours.get(i).group());
      }
    }
    if (!ours.isEmpty() && groups(config).isEmpty()) {
      ObjectNode all = (ObjectNode) config.path(HOOKS);
      all.remove(EVENT);
      if (all.isEmpty()) {
        config.remove(HOOKS);
      }
    }
  }

  /** Adds what tables mean to what a configuration means. */
  static void add(ObjectNode config, JsonNode tables) {
    groups(tables).forEach(config.withObjectProperty(HOOKS).withArrayProperty(EVENT)::add);
  }

  /** The statements of ours in a configuration. */
  static Set<Statement> statements(JsonNode config, List<Statement> all) {
    List<Place> ours = places(config);
    Set<Statement> chosen = new HashSet<>();
    int group = -1;
    int hook = -1;
    boolean inside = false;
    for (Statement statement : all) {
      if (statement.kind() == Kind.TABLE_IN_ARRAY && statement.path().equals(GROUPS)) {
        group++;
        hook = -1;
        inside = isWhole(ours, group, groups(config).path(group).path(HOOKS).size());
      } else if (statement.kind() == Kind.TABLE_IN_ARRAY && statement.path().equals(HOOK)) {
        hook++;
        inside = ours.contains(new Place(group, hook));
      } else if (statement.kind() != Kind.KEY) {
        inside &= statement.isAbout(HOOK);
      }
      if (inside) {
        chosen.add(statement);
      }
    }
    return chosen;
  }

  private static boolean isWhole(List<Place> ours, int group, int hooks) {
    return hooks > 0 && ours.stream().filter(place -> place.group() == group).count() == hooks;
  }

  private static List<Place> places(JsonNode config) {
    List<Place> places = new ArrayList<>();
    JsonNode groups = groups(config);
    for (int group = 0; groups.isArray() && group < groups.size(); group++) {
      JsonNode hooks = groups.path(group).path(HOOKS);
      for (int hook = 0; hooks.isArray() && hook < hooks.size(); hook++) {
        if (HoldHook.isOurs(hooks.path(hook), Codex.NAME)) {
          places.add(new Place(group, hook));
        }
      }
    }
    return places;
  }

  private static JsonNode groups(JsonNode config) {
    return config.path(HOOKS).path(EVENT);
  }
}
