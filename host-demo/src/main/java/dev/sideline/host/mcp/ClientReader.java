package dev.sideline.host.mcp;

import dev.sideline.host.Barrier;
import dev.sideline.host.mcp.ClientMessage.Refused;
import java.io.IOException;
import java.util.List;

/** Reads what the client writes until that ends. Belongs to one thread. */
final class ClientReader {

  private final ClientLines lines;
  private final MessageReader messages;
  private final ClientRequests requests;
  private final ClientOutput out;

  ClientReader(
      ClientLines lines, MessageReader messages, ClientRequests requests, ClientOutput out) {
    this.lines = lines;
    this.messages = messages;
    this.requests = requests;
    this.out = out;
  }

  /** Returns when there is nothing more to read. Whatever a line brings about, the next is read. */
  void readAll() {
    try {
      for (ClientLines.Line line = lines.next(); line != null; line = lines.next()) {
        ClientLines.Line one = line;
        Barrier.run("Reading a line of the client", () -> take(one), thrown -> excuse(one));
        out.awaitRoom();
      }
    } catch (IOException e) {
      Barrier.report("Reading from the client", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void take(ClientLines.Line line) {
    byte[] bytes = line.bytes();
    List<ClientMessage> all =
        bytes == null
            ? List.of(
                new Refused(
                    idOf(line),
                    Refused.NO_MESSAGE,
                    "The message is longer than "
                        + McpToolServer.LONGEST_MESSAGE_BYTES
                        + " bytes, or than there is memory for; nothing was done"))
            : messages.read(bytes);
    all.forEach(requests::take);
  }

  private void excuse(ClientLines.Line line) {
    requests.take(
        new Refused(
            idOf(line),
            Refused.OURS,
            "Sideline could not read this message, for a defect of its own; its log says why."));
  }

  private static String idOf(ClientLines.Line line) {
    String id = line.id();
    return id == null ? Refused.NO_ID : id;
  }
}
