package dev.sideline.host.opencode.harness;

import dev.sideline.host.opencode.OpenCodeOptions;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** The events of a server as it writes them, from the time on at which this is made. */
public final class RawEvents implements AutoCloseable {

  private final HttpURLConnection stream;
  private final List<String> lines = new CopyOnWriteArrayList<>();
  private final Thread reader = new Thread(this::read, "raw-events");

  RawEvents(URI server, OpenCodeOptions options) throws IOException {
    stream = (HttpURLConnection) server.resolve("/global/event").toURL().openConnection();
    String login = "opencode:" + options.password();
    stream.setRequestProperty(
        "Authorization",
        "Basic " + Base64.getEncoder().encodeToString(login.getBytes(StandardCharsets.UTF_8)));
    stream.connect();
    reader.start();
  }

  /**
   * The lines until now. The server greets a moment before it passes events on, so the first may be
   * missed.
   */
  public List<String> lines() {
    return lines;
  }

  /** Whether there is a line with all these words. */
  public boolean told(String... words) {
    return lines.stream().anyMatch(line -> List.of(words).stream().allMatch(line::contains));
  }

  private void read() {
    try (BufferedReader text =
        new BufferedReader(
            new InputStreamReader(stream.getInputStream(), StandardCharsets.UTF_8))) {
      for (String line = text.readLine(); line != null; line = text.readLine()) {
        lines.add(line);
      }
    } catch (IOException disconnected) {
      lines.add(String.valueOf(disconnected));
    }
  }

  @Override
  public void close() {
    stream.disconnect();
    try {
      reader.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
