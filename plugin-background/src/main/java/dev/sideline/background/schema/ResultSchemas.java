package dev.sideline.background.schema;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.core.io.JsonEOFException;
import com.fasterxml.jackson.core.util.JsonRecyclerPools;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.networknt.schema.Error;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaException;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SchemaRegistryConfig;
import com.networknt.schema.SpecificationVersion;
import dev.sideline.background.character.Characters;
import dev.sideline.background.engine.protocol.ResultCheck;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Checks answers against JSON Schemas, and schemas against theirs. Understands the drafts 4, 6, 7,
 * 2019-09 and 2020-12; a schema that does not say which it is is of the last. {@code format} is not
 * checked.
 *
 * <p>Confined to one thread, on which Jackson and the validator may leave buffers. A call takes
 * some seconds at most.
 */
public final class ResultSchemas {

  private static final int MAX_PROBLEMS = 10;
  private static final int MAX_PROBLEM_CHARS = 200;
  private static final int MAX_NESTING = 100;
  private static final int MAX_NUMBER_CHARS = 400;
  private static final int MAX_TOKENS = 1_000_000;
  private static final long MAX_STEPS = 1_000_000;
  private static final long MAX_NANOS = 5_000_000_000L;

  /** The schemas of schemas, which the validator brings along. */
  private static final Set<String> DRAFTS =
      Set.of(
          "http://json-schema.org/draft-04/schema",
          "http://json-schema.org/draft-06/schema",
          "http://json-schema.org/draft-07/schema",
          "https://json-schema.org/draft/2019-09/schema",
          "https://json-schema.org/draft/2020-12/schema");

  private static final String NEWEST_DRAFT = "https://json-schema.org/draft/2020-12/schema";

  private static final String UNEXPECTED = "it cannot be checked: the validator fails with it";

  private final JsonMapper mapper;

  public ResultSchemas() {
    JsonFactory factory =
        JsonFactory.builder()
            .recyclerPool(JsonRecyclerPools.newConcurrentDequePool())
            .streamReadConstraints(
                StreamReadConstraints.builder()
                    .maxNestingDepth(MAX_NESTING)
                    .maxTokenCount(MAX_TOKENS)
                    .maxNameLength(10_000)
                    .maxNumberLength(MAX_NUMBER_CHARS)
                    .build())
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build();
    this.mapper =
        JsonMapper.builder(factory).enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS).build();
  }

  /** Why a text is of no use as a schema, each in a line; empty if it is one. */
  public List<String> problems(String schema) {
    StepBudget effort = new StepBudget(MAX_STEPS, MAX_NANOS);
    List<String> problems = new ArrayList<>();
    attempt(
        problems,
        () -> {
          JsonNode node = mapper.readTree(schema);
          String draft = draft(node);
          if (!DRAFTS.contains(draft)) {
            problems.add("the $schema '" + draft + "' is not known");
            return;
          }
          LinearPatterns patterns = new LinearPatterns(effort);
          Schema ofSchemas = registry(patterns).getSchema(SchemaLocation.of(draft));
          problems.addAll(validate(ofSchemas, node, effort));
          if (problems.isEmpty()) {
            compiled(node, patterns);
            problems.addAll(patterns.problems());
          }
        });
    return bounded(problems);
  }

  /** Whether an answer fits a schema. */
  public ResultCheck check(String schema, String answer) {
    StepBudget effort = new StepBudget(MAX_STEPS, MAX_NANOS);
    List<String> problems = new ArrayList<>();
    @Nullable String[] fitting = new @Nullable String[1];
    attempt(problems, () -> fitting[0] = fitting(schema, answer, effort, problems));
    String json = fitting[0];
    return json == null
        ? new ResultCheck(null, bounded(problems))
        : new ResultCheck(json, List.of());
  }

  /** The JSON of an answer if it fits; null, and why not, if it does not. */
  private @Nullable String fitting(
      String schema, String answer, StepBudget effort, List<String> problems)
      throws JsonProcessingException {
    LinearPatterns patterns = new LinearPatterns(effort);
    Schema compiled = compiled(mapper.readTree(schema), patterns);
    String notJson = "it is empty";
    for (String candidate : AnswerJson.candidates(answer)) {
      JsonNode node;
      try {
        node = mapper.readTree(candidate);
      } catch (JsonProcessingException e) {
        notJson = why(e);
        continue;
      }
      List<String> found = validate(compiled, node, effort);
      found.addAll(patterns.problems());
      if (found.isEmpty()) {
        return candidate;
      }
      if (problems.isEmpty()) {
        // What is told is about the likeliest; the others are tried all the same.
        problems.addAll(found);
      }
    }
    if (problems.isEmpty()) {
      problems.add("the answer is not JSON: " + notJson);
    }
    return null;
  }

  private interface Check {
    void run() throws JsonProcessingException;
  }

  private static void attempt(List<String> problems, Check check) {
    try {
      check.run();
    } catch (JsonProcessingException e) {
      problems.add("it is not JSON: " + why(e));
    } catch (SchemaException e) {
      problems.add(e.getCause() == null ? String.valueOf(e.getMessage()) : UNEXPECTED);
    } catch (RuntimeException e) {
      // A barrier: what the validator makes of a schema that it does not expect is no reason to
      // fail.
      problems.add(UNEXPECTED);
    } catch (StackOverflowError e) {
      problems.add("it refers to itself without end, or is nested too deep");
    }
  }

  /** In our own words: what a parser says is made for programmers. */
  private static String why(JsonProcessingException e) {
    if (e instanceof StreamConstraintsException) {
      return "it is more than is taken: nested up to "
          + MAX_NESTING
          + " deep, numbers of up to "
          + MAX_NUMBER_CHARS
          + " characters, "
          + MAX_TOKENS
          + " parts in all";
    }
    if (e instanceof JsonEOFException) {
      return "it ends in the middle";
    }
    JsonLocation location = e.getLocation();
    return "it goes wrong, goes on after its end, or has a name twice"
        + (location == null || location.getCharOffset() < 0
            ? ""
            : ", at character " + (location.getCharOffset() + 1) + " of it");
  }

  private static String draft(JsonNode schema) {
    String draft = schema.path("$schema").asText(NEWEST_DRAFT);
    return draft.endsWith("#") ? draft.substring(0, draft.length() - 1) : draft;
  }

  private Schema compiled(JsonNode schema, LinearPatterns patterns) {
    Schema compiled = registry(patterns).getSchema(schema);
    compiled.initializeValidators();
    return compiled;
  }

  private SchemaRegistry registry(LinearPatterns patterns) {
    return SchemaRegistry.withDefaultDialect(
        SpecificationVersion.DRAFT_2020_12,
        registry ->
            registry
                .nodeReader(reader -> reader.jsonMapper(mapper))
                .schemaLoader(new DraftFiles())
                .schemaRegistryConfig(
                    SchemaRegistryConfig.builder()
                        .regularExpressionFactory(patterns)
                        .formatAssertionsEnabled(false)
                        .preloadSchema(true)
                        .locale(Locale.ROOT)
                        .build()));
  }

  private static List<String> validate(Schema schema, JsonNode node, StepBudget effort) {
    LookAlikes.refuseIn(node, effort);
    Evaluation evaluation = new Evaluation(effort);
    schema.validate(evaluation, node);
    List<String> problems = new ArrayList<>();
    for (Error error : evaluation.getErrors()) {
      if (problems.size() > MAX_PROBLEMS) {
        break;
      }
      String at = error.getInstanceLocation().toString();
      problems.add((at.isEmpty() ? "" : "at " + at + ": ") + error.getMessage());
    }
    return problems;
  }

  private static List<String> bounded(List<String> problems) {
    List<String> told =
        new ArrayList<>(
            problems.stream().limit(MAX_PROBLEMS).map(ResultSchemas::inOneLine).toList());
    if (problems.size() > MAX_PROBLEMS) {
      told.set(MAX_PROBLEMS - 1, "and more");
    }
    return told;
  }

  private static String inOneLine(String problem) {
    String line = problem.replaceAll("[\\p{Cc}\\p{Zl}\\p{Zp}]+", " ");
    return Characters.cut(Characters.visible(line), MAX_PROBLEM_CHARS - 1);
  }
}
