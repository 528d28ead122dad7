/** What the operator can set, and how it is read. Imports nothing of the plugin. */
@NullMarked
package dev.sideline.background.settings;

import org.jspecify.annotations.NullMarked;
