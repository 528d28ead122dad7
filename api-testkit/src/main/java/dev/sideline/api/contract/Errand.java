package dev.sideline.api.contract;

/**
 * What to send to get a certain behaviour out of a backend's agent.
 *
 * @param agent the agent to name in the prompt
 * @param prompt the text to send; no other errand of the same backend has it
 */
public record Errand(String agent, String prompt) {}
