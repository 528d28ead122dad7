package dev.sideline.host.mcp;

import static org.awaitility.Awaitility.await;

import reactor.core.scheduler.Schedulers;

/** The threads that the MCP SDK's reactive library keeps for all users of a JVM. */
public final class ReactorThreads {

  private ReactorThreads() {}

  /**
   * Ends them. What a client still has to do after its close may start them anew, so it is done
   * until none is left.
   */
  public static void end() {
    await()
        .until(
            () -> {
              Schedulers.shutdownNow();
              return Thread.getAllStackTraces().keySet().stream()
                  .map(Thread::getName)
                  .noneMatch(
                      name -> name.startsWith("parallel-") || name.startsWith("boundedElastic-"));
            });
  }
}
