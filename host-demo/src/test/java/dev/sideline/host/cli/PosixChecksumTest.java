package dev.sideline.host.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PosixChecksumTest {

  /** Each is what {@code printf '%s' TEXT | cksum} says. */
  @Test
  void it_is_what_the_program_says() {
    assertThat(PosixChecksum.of("")).isEqualTo(4294967295L);
    assertThat(PosixChecksum.of("123456789")).isEqualTo(930766865L);
    assertThat(PosixChecksum.of("/home/j\u00fcrgen/sideline-host.jar\n")).isEqualTo(2336105367L);
    assertThat(PosixChecksum.of("x".repeat(300))).isEqualTo(3786917833L);
  }
}
