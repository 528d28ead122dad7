package dev.sideline.host.owner;

import java.util.function.ToIntFunction;

/** Takes every client, and carries out the same for each. */
record Serving(ToIntFunction<Client> command) implements OwnerSocket.Reception {

  @Override
  public Admission admits(Greeting greeting) {
    return Admission.GRANTED;
  }

  @Override
  public int serve(Client client) {
    return command.applyAsInt(client);
  }
}
