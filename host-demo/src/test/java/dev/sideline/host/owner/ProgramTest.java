package dev.sideline.host.owner;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ProgramTest {

  @ParameterizedTest
  @CsvSource({
    "0.2.0, /a.jar, 1, 1, 0.1.0, /a.jar, 1, 1, true",
    "0.10.0, /b.jar, 1, 1, 0.9.0, /a.jar, 1, 1, true",
    "1.0.1, /b.jar, 1, 1, 1.0, /a.jar, 1, 1, true",
    "0.1.0, /a.jar, 1, 1, 0.2.0, /a.jar, 1, 1, false",
    "0.1.0, /a.jar, 1, 1, 0.1.0, /a.jar, 1, 1, false",
    "0.1.0, /b.jar, 2, 2, 0.1.0, /a.jar, 1, 1, false",
    "0.1.0, /a.jar, 2, 1, 0.1.0, /a.jar, 1, 1, true",
    "0.1.0, /a.jar, 1, 2, 0.1.0, /a.jar, 1, 1, true",
    "0.1.0-SNAPSHOT, /b.jar, 1, 1, 0.1.0, /a.jar, 1, 1, false",
    "unpackaged, '', 0, 0, unpackaged, '', 0, 0, false",
    "99999999999.1, /b.jar, 1, 1, 1.0, /a.jar, 1, 1, false",
  })
  void a_greater_version_or_what_lies_where_it_came_from_takes_its_place(
      String version,
      String jar,
      long size,
      long modified,
      String otherVersion,
      String otherJar,
      long otherSize,
      long otherModified,
      boolean replaces) {
    Program program = new Program(version, jar, size, modified);
    Program other = new Program(otherVersion, otherJar, otherSize, otherModified);

    assertThat(program.replaces(other)).isEqualTo(replaces);
  }
}
