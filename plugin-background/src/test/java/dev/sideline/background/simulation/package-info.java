/**
 * Runs the ledger, with everything around it that is not a thread, in virtual time against a
 * simulated host, and checks the promises of the plugin after every step. One seed, one story:
 * everything random comes from {@code Dice}, and everything happens on one thread.
 *
 * <ul>
 *   <li>{@code LedgerSimulation} puts it together and runs it.
 *   <li>{@code SimulatedHost} has the sessions, {@code SimulatedAgents} work in them, {@code
 *       Network} and {@code EventStream} lie in between and lose things.
 *   <li>{@code Climate} says what a story has much of, {@code Fate} what people do and what breaks.
 *   <li>{@code Callers} call the tools, {@code Orders} says what they ask for.
 *   <li>{@code Promises} says what must hold, by what is seen from outside: {@code Book} has the
 *       tasks, {@code Limits}, {@code Deliveries}, {@code Questions}, {@code Messages}, {@code
 *       Guards}, {@code Looks}, {@code Retirement} and {@code Answers} each check a part.
 *   <li>{@code Sights} tells whether everything was seen that there is to be seen.
 * </ul>
 */
package dev.sideline.background.simulation;
