/**
 * Where tasks and owed notices are recorded before anything is answered or done about them. Imports
 * {@code engine} (for its changes) and {@code task}.
 */
@NullMarked
package dev.sideline.background.store;

import org.jspecify.annotations.NullMarked;
