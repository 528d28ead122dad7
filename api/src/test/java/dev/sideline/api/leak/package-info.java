/**
 * A check that fails every test that leaves something behind: {@link
 * dev.sideline.api.leak.LeakCheck}. Registers itself wherever this jar is on the class path of
 * tests and {@code junit.jupiter.extensions.autodetection.enabled} is on. Runs on the thread of the
 * test.
 */
@NullMarked
package dev.sideline.api.leak;

import org.jspecify.annotations.NullMarked;
