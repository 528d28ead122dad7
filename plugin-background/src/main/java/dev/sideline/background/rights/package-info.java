/**
 * What those who launch tasks may ask for: the one place where their requests meet what the host
 * and the operator allow. What a model writes is a request, and widens nothing by itself.
 *
 * <p>Nothing here asks anybody or changes anything; {@code runtime} asks the host. Imports {@code
 * settings}.
 */
@NullMarked
package dev.sideline.background.rights;

import org.jspecify.annotations.NullMarked;
