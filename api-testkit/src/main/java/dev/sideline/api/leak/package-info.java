/**
 * A check that fails every test that leaves something behind: {@link
 * dev.sideline.api.leak.LeakCheck}. Runs on the thread of the test.
 */
@NullMarked
package dev.sideline.api.leak;

import org.jspecify.annotations.NullMarked;
