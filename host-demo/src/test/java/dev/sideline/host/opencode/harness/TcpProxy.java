package dev.sideline.host.opencode.harness;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** A network between a client and a server that a test can cut and mend. */
public final class TcpProxy implements AutoCloseable {

  private final ServerSocket listener;
  private final URI target;
  private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
  private volatile boolean cut;

  /** Listens on a free loopback port for what goes to the target. */
  public TcpProxy(URI target) throws IOException {
    this.target = target;
    this.listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    run("accept", this::acceptAll);
  }

  /** The address to use instead of the target's. */
  public URI url() {
    return URI.create("http://127.0.0.1:" + listener.getLocalPort());
  }

  /** Cuts all connections, and each new one at once, until {@link #mend}. */
  public void cut() {
    cut = true;
    closeAll();
  }

  /** Lets new connections through again. */
  public void mend() {
    cut = false;
  }

  @Override
  public void close() throws IOException {
    listener.close();
    cut();
  }

  private void acceptAll() throws IOException {
    while (!listener.isClosed()) {
      Socket client = keep(listener.accept());
      if (cut) {
        client.close();
        continue;
      }
      Socket server = keep(new Socket(target.getHost(), target.getPort()));
      run("to-server", () -> pump(client, server));
      run("to-client", () -> pump(server, client));
      if (cut) {
        closeAll();
      }
    }
  }

  private void pump(Socket from, Socket to) throws IOException {
    try (from;
        to) {
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      in.transferTo(out);
    } finally {
      sockets.remove(from);
      sockets.remove(to);
    }
  }

  private Socket keep(Socket socket) {
    sockets.add(socket);
    return socket;
  }

  private void closeAll() {
    for (Socket socket : sockets) {
      try {
        socket.close();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  private static void run(String name, Piece piece) {
    Thread thread =
        new Thread(
            () -> {
              try {
                piece.run();
              } catch (IOException e) {
                // A closed socket is how each of these threads ends.
                Thread.currentThread().setName("tcp-proxy-ended");
              }
            },
            "tcp-proxy-" + name);
    thread.setDaemon(true);
    thread.start();
  }

  @FunctionalInterface
  private interface Piece {
    void run() throws IOException;
  }
}
