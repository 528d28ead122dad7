/**
 * One process that has a data folder, for all who want to work with it: the socket between it and
 * its clients, what they say to each other there, and the sessions of several runtimes as one.
 *
 * <p>A client is a small process: what it needs of this package loads next to no classes. Only the
 * command line imports it.
 */
@NullMarked
package dev.sideline.host.owner;

import org.jspecify.annotations.NullMarked;
