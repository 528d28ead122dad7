/**
 * Runs the engine, with everything around it that is not a thread, in virtual time against a
 * simulated host, and checks the invariants of the plugin after every step. One seed, one story:
 * everything random comes from {@code SeededRandom}, and everything happens on one thread.
 *
 * <ul>
 *   <li>{@code EngineSimulation} puts it together and runs it.
 *   <li>{@code SimulatedHost} has the sessions, {@code SimulatedAgents} work in them, {@code
 *       Network} and {@code EventStream} lie in between and lose things.
 *   <li>{@code FaultProfile} says what a story has much of, {@code FaultInjector} what people do
 *       and what breaks.
 *   <li>{@code Callers} call the tools, {@code WorkloadGenerator} says what they ask for.
 *   <li>{@code Invariants} says what must hold, by what is seen from outside: {@code TaskHistory}
 *       has the tasks, {@code Limits}, {@code NotificationInvariants}, {@code Questions}, {@code
 *       Messages}, {@code WatchdogInvariants}, {@code ProbeInvariants}, {@code Retirement} and
 *       {@code Answers} each check a part.
 *   <li>{@code CoverageTracker} tells whether everything was seen that there is to be seen.
 * </ul>
 */
package dev.sideline.background.simulation;
