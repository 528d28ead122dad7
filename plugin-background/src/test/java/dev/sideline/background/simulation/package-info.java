/**
 * Runs the ledger, with everything around it that is not a thread, in virtual time against a
 * simulated host, and checks the promises of the plugin after every step. One seed, one story:
 * everything random comes from {@code Dice}, and everything happens on one thread.
 *
 * <ul>
 *   <li>{@code LedgerSimulation} puts it together and runs it.
 *   <li>{@code SimulatedHost} has the sessions, {@code SimulatedAgents} work in them, {@code
 *       Network} and {@code EventStream} lie in between and lose things.
 *   <li>{@code Promises} knows what must hold, {@code Deliveries} what parents must have been told.
 * </ul>
 */
package dev.sideline.background.simulation;
