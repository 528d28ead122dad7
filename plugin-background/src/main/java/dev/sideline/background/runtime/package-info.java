/**
 * Runs the engine in a host: threads carry messages here, and decide nothing.
 *
 * <pre>
 *   calls, events, answers of the host
 *        |  (any thread)
 *        v
 *     Mailbox --- one thread ---> TaskEngine.apply ---> Commits ---> store
 *        ^                                             |  (recorded)
 *        |                                             v
 *        +---------------- EffectRunner <------- effects, one thread; replies, another
 * </pre>
 *
 * <p>An event of a session that nobody follows costs its caller one look-up; any other is put into
 * the mailbox. The mailbox thread touches the engine and nothing that could block. Calls to the
 * host are made by the effects thread, behind {@code GuardedSessionClient}, and answered by the
 * host's threads, which put what they learn into the mailbox. Whoever made a call is answered on
 * the replies thread, because what they do with the answer is theirs and may take long. What does
 * not come back keeps its thread, and another goes on. Answers are checked against schemas on one
 * more thread, and the host is asked for message ids on another, which are there only while there
 * is something to do. Threads are made by {@code DaemonThread} alone, and each unit of work on them
 * has a {@code Barrier}.
 *
 * <p>Imports {@code engine} (its inputs, steps and answers), {@code task}, {@code store}, {@code
 * retain}, {@code settings}, {@code rights}, {@code schema} and {@code text}, and alone SLF4J.
 */
@NullMarked
package dev.sideline.background.runtime;

import org.jspecify.annotations.NullMarked;
