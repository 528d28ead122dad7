/**
 * Fakes of the host's side, for the tests of plugin authors: sessions in memory that the test
 * scripts ({@link dev.sideline.api.testing.RecordingSessionClient}), a clock that it sets ({@link
 * dev.sideline.api.testing.SettableClock}), and a host around both ({@link
 * dev.sideline.api.testing.TestHost}).
 *
 * <p>Needs the JDK only and no test framework. Has no thread of its own: everything happens on the
 * thread that calls, so that a test is deterministic. Nothing outside tests should import it.
 */
@NullMarked
package dev.sideline.api.testing;

import org.jspecify.annotations.NullMarked;
