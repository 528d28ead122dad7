package dev.sideline.host.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sideline.host.opencode.OpenCodeOptions;
import dev.sideline.host.opencode.ServerIdentity;
import dev.sideline.host.opencode.ServerIdentity.Kind;
import dev.sideline.host.opencode.harness.OpenCodeBinary;
import dev.sideline.host.opencode.harness.RealOpenCode;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import mockwebserver3.Dispatcher;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.RecordedRequest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Which OpenCode there is: a real one of version 1, and stand-ins for others. */
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "the stand-ins are shell scripts")
class WhichOpenCodeIT {

  @RegisterExtension static final RealOpenCode SERVER = RealOpenCode.server();

  @TempDir private Path folder;

  @Test
  void a_real_server_tells_its_version_and_wants_its_password() {
    ServerIdentity found = ServerIdentity.ask(SERVER.options());

    assertThat(found.kind()).isEqualTo(Kind.VERSION_1);
    assertThat(found.detail()).startsWith("1.");
    OpenCodeOptions without = OpenCodeOptions.of(SERVER.url());
    assertThat(ServerIdentity.ask(without).kind()).isEqualTo(Kind.LOCKED);
    assertThat(ServerIdentity.ask(without.withLogin("opencode", "wrong")).kind())
        .isEqualTo(Kind.LOCKED);
  }

  @Test
  void a_real_program_tells_its_version() {
    InstalledProgram found = InstalledProgram.asked(OpenCodeBinary.require());

    assertThat(found.problem()).isEmpty();
    assertThat(found.version()).startsWith("1.");
  }

  @Test
  void connect_says_of_version_2_on_the_path_what_works_and_connects_all_the_same()
      throws IOException {
    HostJar.Outcome outcome = connectWith("echo 2.0.21");

    assertThat(outcome.exitCode()).as(outcome.err()).isZero();
    assertThat(outcome.err()).contains("it is OpenCode 2 (2.0.21)", "What works");
    assertThat(folder.resolve("project/opencode.json")).exists();
  }

  @Test
  void connect_says_nothing_of_version_1_or_of_one_that_cannot_tell() throws IOException {
    for (String script : List.of("echo 1.18.33", "exit 1", "echo; echo '\u001b[2J'")) {
      HostJar.Outcome outcome = connectWith(script);

      assertThat(outcome.exitCode()).as(outcome.err()).isZero();
      assertThat(outcome.err()).as(script).isEmpty();
    }
  }

  @Test
  void whoever_is_pointed_at_version_2_is_told_what_works_instead() throws IOException {
    try (MockWebServer server = new MockWebServer()) {
      server.setDispatcher(
          new Dispatcher() {
            @Override
            public MockResponse dispatch(RecordedRequest request) {
              return new MockResponse.Builder()
                  .addHeader("Content-Type", "application/json")
                  .body("{\"version\":\"2.0.21\",\"pid\":4711}")
                  .build();
            }
          });
      server.start(InetAddress.getLoopbackAddress(), 0);
      String url = "--opencode-url=http://127.0.0.1:" + server.getPort();
      Files.createDirectories(folder.resolve("project"));

      for (String command :
          List.of("mcp --runtime=opencode", "call background_list --runtime=opencode")) {
        List<String> words = new ArrayList<>(List.of(command.split(" ", -1)));
        words.addAll(List.of(url, "--data=" + folder.resolve("data")));
        HostJar.Outcome outcome = HostJar.run(folder, words.toArray(new String[0]));
        assertThat(outcome.exitCode()).as(outcome.err()).isEqualTo(1);
        assertThat(outcome.out()).isEmpty();
        assertThat(outcome.err())
            .contains("it is OpenCode 2 (2.0.21)", "What works", "sideline mcp");
      }
      HostJar.Outcome connected =
          HostJar.run(
              folder, "connect", "opencode", "project", url, "--data=" + folder.resolve("data"));
      assertThat(connected.exitCode()).as(connected.err()).isZero();
      assertThat(connected.err()).contains("it is OpenCode 2 (2.0.21)");
    }
  }

  private HostJar.Outcome connectWith(String script) throws IOException {
    Path program = Files.createDirectories(folder.resolve("bin")).resolve("opencode");
    Files.writeString(program, "#!/bin/sh\n" + script + "\n");
    Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwx------"));
    Files.createDirectories(folder.resolve("project"));
    Path data = HostJar.usedData(folder.resolve("data"));
    return HostJar.run(
        folder,
        HostJar.command("connect", "opencode", "project", "--data=" + data),
        builder ->
            builder
                .environment()
                .merge("PATH", program.getParent() + ":", (old, bin) -> bin + old));
  }
}
