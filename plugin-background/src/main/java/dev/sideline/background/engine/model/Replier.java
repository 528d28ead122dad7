package dev.sideline.background.engine.model;

/**
 * Who has answered a request.
 *
 * @param operator whether that was whoever runs the host, and not an agent
 */
public record Replier(long call, boolean operator) {}
