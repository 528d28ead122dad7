/**
 * Runs the ledger in a host: threads carry messages here, and decide nothing.
 *
 * <pre>
 *   calls, events, answers of the host
 *        |  (any thread)
 *        v
 *     Mailbox --- one thread ---> Ledger.apply ---> Commits ---> store
 *        ^                                             |  (recorded)
 *        |                                             v
 *        +---------------- EffectRunner <------- effects, one thread; replies, another
 * </pre>
 *
 * <p>An event of a session that nobody follows costs its caller one look-up; any other is put into
 * the mailbox. The mailbox thread touches the ledger and nothing that could block. Calls to the
 * host are made by the effects thread and answered by the host's threads, which put what they learn
 * into the mailbox. Whoever made a call is answered on the replies thread, because what they do
 * with the answer is theirs and may take long. Answers are checked against schemas on one more
 * thread, which is there only while there are any to check.
 *
 * <p>Imports {@code ledger}, {@code task}, {@code store}, {@code retain}, {@code settings}, {@code
 * schema} and {@code text}.
 */
@NullMarked
package dev.sideline.background.runtime;

import org.jspecify.annotations.NullMarked;
