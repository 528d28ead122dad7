package dev.sideline.host.model;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * A tool that a model is shown.
 *
 * @param name by which the model calls it; {@code namespace::name} where the format has namespaces
 * @param schema of its arguments
 */
public record OfferedTool(String name, String description, JsonNode schema) {}
