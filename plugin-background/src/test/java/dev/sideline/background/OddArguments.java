package dev.sideline.background;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sideline.api.ToolSpec;
import dev.sideline.api.fuzz.Garble;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;

/** Arguments of one tool, made of what its input schema says of them. */
final class OddArguments {

  /** Arguments of which one is wrong, and that one's name as it is told. */
  record Spoiled(String json, String name) {}

  private final Random random;
  private final Garble garble;
  private final String tool;
  private final JsonNode schema;

  /** Ids of tasks, sessions and requests, some of them of others or of nothing. */
  private final List<String> ids;

  OddArguments(Random random, ToolSpec tool, List<String> ids) {
    this.random = random;
    this.garble = new Garble(random);
    this.tool = tool.name();
    this.schema = PluginScenario.json(tool.inputSchema());
    this.ids = ids;
  }

  /** Of each kind: sound, some of them odd, damaged, or something else altogether. */
  String any() {
    return switch (random.nextInt(8)) {
      case 0 -> garble.damaged(object(0));
      case 1 -> garble.any(garble.json(), garble.text(), garble.object(names()));
      case 2, 3 -> object(4);
      default -> object(0);
    };
  }

  /** An object of allowed values, but for one in so many; none if that is 0. */
  private String object(int oddOneIn) {
    List<String> members = new ArrayList<>();
    for (Map.Entry<String, JsonNode> property : schema.path("properties").properties()) {
      if (required(property.getKey()) || garble.oneIn(3)) {
        boolean odd = oddOneIn > 0 && garble.oneIn(oddOneIn);
        members.add(member(property.getKey(), odd ? odd(property.getValue()) : sound(property)));
      }
    }
    if (oddOneIn > 0 && !members.isEmpty()) {
      if (garble.oneIn(6)) {
        members.add(garble.anyOf(members));
      }
      if (garble.oneIn(6)) {
        members.add(member(garble.text(), garble.json()));
      }
    }
    return object(members);
  }

  /**
   * What a call needs, and one argument that is wrong: by its value, or because there is no such.
   */
  Spoiled spoiled() {
    List<Map.Entry<String, JsonNode>> properties =
        List.copyOf(schema.path("properties").properties());
    Map.Entry<String, JsonNode> spoilt = garble.anyOf(properties);
    String name = garble.oneIn(8) ? "x" + random.nextInt(1_000) : spoilt.getKey();
    List<String> members = new ArrayList<>();
    for (Map.Entry<String, JsonNode> property : properties) {
      if (needed(name).contains(property.getKey()) && !property.getKey().equals(name)) {
        members.add(member(property.getKey(), sound(property)));
      }
    }
    if (!name.equals(spoilt.getKey())) {
      members.add(member(name, garble.any("1", "true", "[]", "\"x\"", "{\"a\":null}")));
    } else if (spoilt.getValue().has("properties") && garble.oneIn(2)) {
      Map.Entry<String, JsonNode> inner =
          garble.anyOf(List.copyOf(spoilt.getValue().path("properties").properties()));
      members.add(member(name, object(List.of(member(inner.getKey(), wrong(inner.getValue()))))));
      name += "." + inner.getKey();
    } else {
      members.add(member(name, wrong(spoilt.getValue())));
    }
    return new Spoiled(object(members), name);
  }

  /** Without which a call is refused before this argument is looked at. */
  private List<String> needed(String name) {
    return switch (tool) {
      case "background_cancel" -> List.of("task_id");
      case "background_send" ->
          name.equals("request_id") || name.equals("reply")
              ? List.of("request_id", "reply")
              : List.of("task_id", "message");
      default -> names().stream().filter(this::required).toList();
    };
  }

  private List<String> names() {
    return schema.path("properties").properties().stream().map(Map.Entry::getKey).toList();
  }

  private boolean required(String name) {
    return StreamSupport.stream(schema.path("required").spliterator(), false)
        .anyMatch(required -> required.textValue().equals(name));
  }

  private String object(List<String> members) {
    return "{" + String.join(",", members) + "}";
  }

  private static String member(String name, String value) {
    return Garble.quoted(name) + ":" + value;
  }

  private String sound(Map.Entry<String, JsonNode> property) {
    return sound(property.getKey(), property.getValue());
  }

  private String sound(String name, JsonNode type) {
    if (type.has("enum")) {
      return garble.anyOf(List.copyOf(elements(type.path("enum"))));
    }
    return switch (type.path("type").asText()) {
      case "string" -> Garble.quoted(text(name));
      case "integer" -> integer(type);
      case "number" -> garble.any("0.01", "1", "2.50", "1e-3");
      case "boolean" -> garble.any("true", "false");
      case "array" ->
          random
              .ints(1 + random.nextInt(3))
              .mapToObj(i -> Garble.quoted(garble.anyOf(ids)))
              .collect(Collectors.joining(",", "[", "]"));
      case "object" -> type.has("properties") ? inner(type) : schemaOfAResult();
      default ->
          garble.any("\"allow\"", "\"always\"", "\"reject\"", "[\"a\",[\"b\",\"c\"]]", "\"x\"");
    };
  }

  private String inner(JsonNode type) {
    return type.path("properties").properties().stream()
        .filter(property -> garble.oneIn(2))
        .map(property -> member(property.getKey(), sound(property)))
        .collect(Collectors.joining(",", "{", "}"));
  }

  private String schemaOfAResult() {
    return garble.any(
        "{}", "{\"type\":\"object\"}", "{\"type\":\"string\",\"pattern\":\"^a+$\"}", garble.json());
  }

  private String text(String name) {
    if (name.endsWith("_id") && !garble.oneIn(8)) {
      return garble.anyOf(ids);
    }
    return switch (name) {
      case "agent" -> "worker";
      case "model" -> garble.any("a/b", "a/b/c", garble.text());
      case "directory" -> garble.any("/tmp", "..", "/", "x", garble.text());
      case "idempotency_key" -> garble.any("one", "two", "three");
      default -> garble.any("a few words", "x" + start(garble.text()));
    };
  }

  /** As much as any text may have. */
  private static String start(String text) {
    return text.substring(0, Math.min(100, text.length()));
  }

  private String integer(JsonNode type) {
    long min = type.path("minimum").asLong();
    long max = type.path("maximum").asLong(Integer.MAX_VALUE);
    return Long.toString(
        garble.any(min, max, min + random.nextInt((int) Math.min(10, max - min) + 1)));
  }

  private String odd(JsonNode type) {
    return garble.any(wrong(type), garble.json(), "null", Garble.quoted(garble.text()));
  }

  /** What is not allowed for an argument, whatever the others are. */
  private String wrong(JsonNode type) {
    String never = garble.any("true", "{\"a\":[{}]}", "[[[]]]", "[1]", "-0.5");
    if (type.has("enum")) {
      return garble.any(never, "5", "\"\"", "\"none of them\"", "\" each\"");
    }
    return switch (type.path("type").asText()) {
      case "string" ->
          garble.any(never, "5", "\"\"", "\"  \\n\"", Garble.quoted("x".repeat(11_000)));
      case "integer", "number" ->
          garble.any(
              never, "\"5\"", "\"NaN\"", "\"\"", "-1000000000000000000000000", "-1e400", "-1e9");
      case "boolean" -> garble.any("0", "1", "\"true\"", "[]", "{}", "0.0");
      case "array" -> garble.any(never, "[]", "\"bg_1\"", "[\"a\",5]", "[\"a\",\"\"]", "{}");
      case "object" -> garble.any("true", "[1]", "-0.5", "\"{}\"", "[]", "[[[]]]");
      default -> garble.any("true", "{\"a\":[{}]}", "[[[]]]", "[1]", "-0.5", "\" \"", "[]");
    };
  }

  private static List<String> elements(JsonNode array) {
    return StreamSupport.stream(array.spliterator(), false).map(JsonNode::toString).toList();
  }
}
