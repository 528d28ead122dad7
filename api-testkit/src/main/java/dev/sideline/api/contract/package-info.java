/**
 * What every {@link dev.sideline.api.SessionClient} must do, as tests that each implementation runs
 * against itself: extend {@link dev.sideline.api.contract.SessionClientContract} and give it a
 * {@link dev.sideline.api.contract.SessionBackend}. Needs JUnit Jupiter on the class path.
 */
@NullMarked
package dev.sideline.api.contract;

import org.jspecify.annotations.NullMarked;
