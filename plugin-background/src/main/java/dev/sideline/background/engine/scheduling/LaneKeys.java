package dev.sideline.background.engine.scheduling;

/** The names that tasks are counted under; empty where there is no limit. */
record LaneKeys(String agent, String model, String provider) {}
