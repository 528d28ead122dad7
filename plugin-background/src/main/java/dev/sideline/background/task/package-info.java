/**
 * What a task is: its record, its states and their one table of transitions, how it ended, what its
 * parent is owed. Immutable values, usable from any thread. Imports nothing of the plugin.
 */
@NullMarked
package dev.sideline.background.task;

import org.jspecify.annotations.NullMarked;
