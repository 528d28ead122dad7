package dev.sideline.host.mcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class ClientOutputTest {

  private final AtomicInteger gone = new AtomicInteger();

  @Test
  void what_is_written_arrives_and_nobody_has_gone() throws IOException {
    ByteArrayOutputStream client = new ByteArrayOutputStream();
    ClientOutput output = new ClientOutput(client, gone::incrementAndGet);

    output.write("ab\n".getBytes(StandardCharsets.UTF_8));
    output.write('c');
    output.flush();

    assertThat(client.toString(StandardCharsets.UTF_8)).isEqualTo("ab\nc");
    assertThat(gone).hasValue(0);
  }

  @Test
  void a_client_that_reads_no_more_has_gone() {
    ClientOutput output = new ClientOutput(closed(), gone::incrementAndGet);

    assertThatThrownBy(() -> output.write('a')).isInstanceOf(IOException.class);

    assertThat(gone).hasPositiveValue();
  }

  @Test
  void a_stream_that_keeps_its_failures_to_itself_is_asked() throws IOException {
    PrintStream quiet = new PrintStream(closed(), true, StandardCharsets.UTF_8);
    ClientOutput output = new ClientOutput(quiet, gone::incrementAndGet);

    output.write('a');
    assertThatThrownBy(output::flush).isInstanceOf(IOException.class);

    assertThat(gone).hasPositiveValue();
  }

  private static OutputStream closed() {
    return new OutputStream() {
      @Override
      public void write(int b) throws IOException {
        throw new IOException("Broken pipe");
      }
    };
  }
}
