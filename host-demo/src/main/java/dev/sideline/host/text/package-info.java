/**
 * What is done to text of others before it is cut, shown or passed on.
 *
 * <p>Every part may import it; it imports the JDK and the API. Safe for use from any thread.
 */
@NullMarked
package dev.sideline.host.text;

import org.jspecify.annotations.NullMarked;
