package dev.sideline.host.owner;

/**
 * A connection of a client to an owner that serves it.
 *
 * @param wire closed by whoever has this
 * @param welcome what the owner has said
 */
record Link(Wire wire, Welcome welcome) {}
