/**
 * Where tasks and owed notices are recorded, before what promises something about them is done.
 * Imports {@code engine} (for its changes) and {@code task}.
 */
@NullMarked
package dev.sideline.background.store;

import org.jspecify.annotations.NullMarked;
