/**
 * Finds plugin jars, loads each in a class loader of its own, and keeps what a plugin does wrong
 * inside that plugin.
 *
 * <p>The only package that knows PF4J. May import {@code event}, {@code dev.sideline.host} and the
 * API; imported by {@code cli}. PF4J's plugin manager is used by {@link
 * dev.sideline.host.plugin.PluginHost} alone, while it opens and while it closes. Plugins are
 * activated and disposed on threads of their own ({@code sideline-plugin-*}), get their events on
 * {@code sideline-events-*}, and are called by their tools' callers.
 */
@NullMarked
package dev.sideline.host.plugin;

import org.jspecify.annotations.NullMarked;
