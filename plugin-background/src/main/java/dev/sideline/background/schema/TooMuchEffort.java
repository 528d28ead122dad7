package dev.sideline.background.schema;

import com.networknt.schema.SchemaException;

/** A check that takes too many steps. Of this type, for the validator lets it pass. */
final class TooMuchEffort extends SchemaException {

  private static final long serialVersionUID = 1L;

  TooMuchEffort() {
    super("it takes too many steps to check");
  }
}
