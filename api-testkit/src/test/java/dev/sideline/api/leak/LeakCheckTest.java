package dev.sideline.api.leak;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.testkit.engine.EngineExecutionResults;
import org.junit.platform.testkit.engine.EngineTestKit;

/** Runs small leaky tests inside, and cleans up what they leave. */
class LeakCheckTest {

  private static final Duration NEVER = Duration.ofDays(1);

  /** How to remove what the tests inside have left, newest first. */
  private static final Deque<AutoCloseable> LEFT = new ArrayDeque<>();

  @AfterEach
  void clean_up_after_the_tests_inside() throws Exception {
    while (!LEFT.isEmpty()) {
      LEFT.pop().close();
    }
  }

  @Test
  void a_thread_that_goes_on_is_a_leak() {
    assertThat(failuresOf(LeavesAThread.class))
        .singleElement()
        .asString()
        .startsWith("test() left behind:")
        .contains("thread 'left-alone'", "WAITING", "CountDownLatch");
  }

  @Test
  void a_daemon_thread_is_a_leak_too() {
    assertThat(failuresOf(LeavesADaemonThread.class))
        .singleElement()
        .asString()
        .contains("thread 'left-alone'");
  }

  @Test
  @EnabledOnOs({OS.LINUX, OS.MAC})
  void a_child_process_that_goes_on_is_a_leak() {
    assertThat(failuresOf(LeavesAProcess.class))
        .singleElement()
        .asString()
        .containsPattern("process \\d+: sleep 1000");
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void a_process_whose_parent_has_ended_is_a_leak() {
    assertThat(failuresOf(LeavesAnOrphan.class))
        .singleElement()
        .asString()
        .containsPattern("orphaned process \\d+: sleep 1001");
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void an_orphan_of_a_jvm_beside_this_one_is_no_leak_of_its_tests() {
    assertThat(failuresOf(SeesAnOrphanOfAnotherJvm.class)).isEmpty();
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void an_orphan_that_has_not_inherited_whose_it_is_is_a_leak() {
    assertThat(failuresOf(LeavesAnOrphanWithoutEnvironment.class))
        .singleElement()
        .asString()
        .containsPattern("orphaned process \\d+: sleep 1001");
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void an_open_server_socket_is_a_leak() {
    assertThat(failuresOf(LeavesAServerSocket.class))
        .singleElement()
        .asString()
        .containsPattern("tcp6? socket port \\d+");
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void an_open_connection_is_a_leak() {
    assertThat(failuresOf(LeavesAConnection.class))
        .singleElement()
        .asString()
        .containsPattern("tcp6? socket port \\d+ -> port \\d+");
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void a_connection_that_the_peer_has_reset_but_nobody_closed_is_a_leak() {
    assertThat(failuresOf(LeavesAResetConnection.class))
        .singleElement()
        .asString()
        .contains("socket without a connection");
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void an_open_datagram_socket_is_a_leak() {
    assertThat(failuresOf(LeavesADatagramSocket.class))
        .singleElement()
        .asString()
        .containsPattern("udp6? socket port \\d+");
  }

  @Test
  void a_temporary_file_is_a_leak_where_the_directory_is_our_own() {
    Assumptions.assumeTrue(TemporaryFiles.watched(), "the temporary directory is shared");
    assertThat(failuresOf(LeavesATemporaryFile.class))
        .singleElement()
        .asString()
        .contains("temporary file", "left-alone");
  }

  @Test
  void an_exception_that_nobody_caught_is_told_of() {
    assertThat(failuresOf(LetsAThreadDie.class))
        .singleElement()
        .asString()
        .contains("uncaught in thread 'unlucky'", "IllegalStateException: died of this");
  }

  @Test
  void what_goes_away_soon_is_no_leak() {
    assertThat(failuresOf(LeavesAThreadForAMoment.class)).isEmpty();
  }

  @Test
  void what_other_mechanisms_of_junit_close_is_no_leak() {
    assertThat(failuresOf(LeavesItToJUnit.class)).isEmpty();
  }

  @Test
  void what_a_class_starts_for_its_tests_is_no_leak_of_theirs() {
    assertThat(failuresOf(StartsForAll.class)).isEmpty();
  }

  @Test
  void what_a_class_never_stops_is_a_leak_of_the_class() {
    assertThat(failuresOf(StartsForAllAndForgets.class))
        .singleElement()
        .asString()
        .startsWith("LeakCheckTest$StartsForAllAndForgets left behind");
  }

  @Test
  void a_class_can_be_checked_as_a_whole() {
    assertThat(failuresOf(GrowsAndStopsInTheEnd.class)).isEmpty();
    assertThat(failuresOf(GrowsAndForgets.class))
        .singleElement()
        .asString()
        .contains("thread 'left-alone'");
  }

  @Test
  void a_class_can_tolerate_what_a_library_leaves_and_nothing_else() {
    assertThat(failuresOf(ToleratesAThread.class)).isEmpty();
    assertThat(failuresOf(ToleratesAnotherThread.class))
        .singleElement()
        .asString()
        .contains("thread 'left-alone'");
  }

  @Test
  void a_failure_of_the_test_itself_is_still_told() {
    EngineExecutionResults results = run(FailsAndLeavesAThread.class);
    Throwable failure = failures(results).get(0);

    assertThat(failure).hasMessage("failed for its own reason");
    assertThat(failure.getSuppressed()).singleElement().asString().contains("thread 'left-alone'");
  }

  private static List<String> failuresOf(Class<?> testClass) {
    return failures(run(testClass)).stream().map(Throwable::getMessage).toList();
  }

  private static EngineExecutionResults run(Class<?> testClass) {
    return EngineTestKit.engine("junit-jupiter")
        .selectors(selectClass(testClass))
        .configurationParameter(LeakCheck.PATIENCE_PARAMETER, "300")
        .execute();
  }

  private static List<Throwable> failures(EngineExecutionResults results) {
    return results.allEvents().finished().stream()
        .map(event -> event.getPayload(TestExecutionResult.class))
        .flatMap(Optional::stream)
        .map(TestExecutionResult::getThrowable)
        .flatMap(Optional::stream)
        .toList();
  }

  private static void leaveThread(boolean daemon) {
    CountDownLatch stop = new CountDownLatch(1);
    Thread thread = start("left-alone", daemon, stop);
    LEFT.push(
        () -> {
          stop.countDown();
          thread.join();
        });
  }

  private static Thread start(String name, boolean daemon, CountDownLatch stop) {
    Thread thread =
        new Thread(
            () -> {
              try {
                stop.await(NEVER.toSeconds(), TimeUnit.SECONDS);
              } catch (InterruptedException e) {
                throw new IllegalStateException(e);
              }
            },
            name);
    thread.setDaemon(daemon);
    thread.start();
    return thread;
  }

  private static void leaveProcess(ProcessHandle handle) {
    LEFT.push(
        () -> {
          handle.destroyForcibly();
          handle.onExit().get(10, TimeUnit.SECONDS);
        });
  }

  @ExtendWith(LeakCheck.class)
  static class LeavesAThread {
    @Test
    void test() {
      leaveThread(false);
    }
  }

  @ExtendWith(LeakCheck.class)
  static class LeavesADaemonThread {
    @Test
    void test() {
      leaveThread(true);
    }
  }

  @ExtendWith(LeakCheck.class)
  @LeakCheck.Tolerates({"^temporary file", "^thread 'left-.*'"})
  static class ToleratesAThread {
    @Test
    void test() {
      leaveThread(true);
    }
  }

  @ExtendWith(LeakCheck.class)
  @LeakCheck.Tolerates("^thread 'other'")
  static class ToleratesAnotherThread {
    @Test
    void test() {
      leaveThread(true);
    }
  }

  @ExtendWith(LeakCheck.class)
  static class FailsAndLeavesAThread {
    @Test
    void test() {
      leaveThread(false);
      throw new AssertionError("failed for its own reason");
    }
  }

  @ExtendWith(LeakCheck.class)
  static class LeavesAThreadForAMoment {
    @Test
    void test() {
      CountDownLatch stop = new CountDownLatch(1);
      start("soon-gone", false, stop);
      start("stopper", false, new CountDownLatch(0));
      stop.countDown();
    }
  }

  @ExtendWith(LeakCheck.class)
  static class LeavesAProcess {
    @Test
    void test() throws IOException {
      leaveProcess(new ProcessBuilder("sleep", "1000").start().toHandle());
    }
  }

  private static void leaveOrphan(Consumer<Map<String, String>> environment) throws Exception {
    ProcessBuilder builder = new ProcessBuilder("sh", "-c", "sleep 1001 >/dev/null 2>&1 & echo $!");
    environment.accept(builder.environment());
    Process parent = builder.start();
    String pid;
    try (var output = parent.inputReader()) {
      pid = output.readLine();
    }
    parent.waitFor();
    leaveProcess(ProcessHandle.of(Long.parseLong(pid)).orElseThrow());
  }

  @ExtendWith(LeakCheck.class)
  static class LeavesAnOrphan {
    @Test
    void test() throws Exception {
      leaveOrphan(environment -> {});
    }
  }

  @ExtendWith(LeakCheck.class)
  static class SeesAnOrphanOfAnotherJvm {
    @Test
    void test() throws Exception {
      leaveOrphan(environment -> environment.put(LeakCheck.JVM_VARIABLE, "another"));
    }
  }

  @ExtendWith(LeakCheck.class)
  static class LeavesAnOrphanWithoutEnvironment {
    @Test
    void test() throws Exception {
      leaveOrphan(environment -> environment.remove(LeakCheck.JVM_VARIABLE));
    }
  }

  @ExtendWith(LeakCheck.class)
  static class LeavesAServerSocket {
    @Test
    void test() throws IOException {
      LEFT.push(new ServerSocket(0, 1, InetAddress.getLoopbackAddress()));
    }
  }

  @ExtendWith(LeakCheck.class)
  static class LeavesAConnection {
    @Test
    void test() throws IOException {
      try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
        LEFT.push(new Socket(server.getInetAddress(), server.getLocalPort()));
        server.accept().close();
      }
    }
  }

  @ExtendWith(LeakCheck.class)
  static class LeavesAResetConnection {
    @Test
    void test() throws IOException {
      try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
        LEFT.push(new Socket(server.getInetAddress(), server.getLocalPort()));
      }
    }
  }

  @ExtendWith(LeakCheck.class)
  static class LeavesADatagramSocket {
    @Test
    void test() throws IOException {
      LEFT.push(new DatagramSocket(0, InetAddress.getLoopbackAddress()));
    }
  }

  @ExtendWith(LeakCheck.class)
  static class LeavesATemporaryFile {
    @Test
    void test() throws IOException {
      Path file = Files.createTempFile("left-alone", ".tmp");
      LEFT.push(() -> Files.delete(file));
    }
  }

  @ExtendWith(LeakCheck.class)
  static class LetsAThreadDie {
    @Test
    void test() throws InterruptedException {
      LEFT.push(UncaughtExceptions::forget);
      Thread thread =
          new Thread(
              () -> {
                throw new IllegalStateException("died of this");
              },
              "unlucky");
      thread.start();
      thread.join();
    }
  }

  @ExtendWith(LeakCheck.class)
  static class LeavesItToJUnit {
    @TempDir Path directory;

    @AutoClose ServerSocket socket;

    @Test
    void test() throws IOException {
      Files.writeString(directory.resolve("file"), "text");
      socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
    }
  }

  @ExtendWith(LeakCheck.class)
  static class StartsForAll {
    private static final CountDownLatch STOP = new CountDownLatch(1);

    @BeforeAll
    static void start() {
      LeakCheckTest.start("for-all", false, STOP);
    }

    @Test
    void test() {}

    @AfterAll
    static void stop() {
      STOP.countDown();
    }
  }

  @ExtendWith(LeakCheck.class)
  static class StartsForAllAndForgets {
    @BeforeAll
    static void start() {
      leaveThread(false);
    }

    @Test
    void test() {}
  }

  @ExtendWith(LeakCheck.class)
  @LeakCheck.OncePerClass
  static class GrowsAndStopsInTheEnd {
    private static final CountDownLatch STOP = new CountDownLatch(1);

    @Test
    void test() {
      start("grown", false, STOP);
    }

    @AfterAll
    static void stop() {
      STOP.countDown();
    }
  }

  @ExtendWith(LeakCheck.class)
  @LeakCheck.OncePerClass
  static class GrowsAndForgets {
    @Test
    void test() {
      leaveThread(false);
    }
  }
}
