package dev.sideline.background;

import dev.sideline.api.AgentPlugin;
import dev.sideline.api.HostContext;
import dev.sideline.api.PluginEvent;
import dev.sideline.api.SessionClient;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * A host that breaks its contract in one of its methods, as often as is left, and keeps an eye on
 * being left alone in the end. Safe for use from any thread.
 */
final class RoughHost {

  /** How a call goes wrong. */
  enum Trouble {
    /** Its stage never completes. */
    NEVER_ANSWERS,
    /** The method does not come back until {@link #calmDown}. */
    BLOCKS,
    THROWS,
    THROWS_AN_ERROR,
    /** It fails in a stage that is complete when it is returned. */
    FAILS_AT_ONCE,
    /** It is carried out and answered after {@link #calmDown}. */
    ANSWERS_LATE
  }

  private final String method;
  private final Trouble trouble;
  private final AtomicInteger left;
  private final AtomicInteger struck = new AtomicInteger();
  private final AtomicInteger inside = new AtomicInteger();
  private final CountDownLatch calm = new CountDownLatch(1);
  private final Queue<Runnable> late = new ConcurrentLinkedQueue<>();
  private final List<String> afterEnd = new CopyOnWriteArrayList<>();
  private volatile boolean ended;
  private volatile @Nullable SessionClient sessions;

  RoughHost(String method, Trouble trouble, int times) {
    this.method = method;
    this.trouble = trouble;
    this.left = new AtomicInteger(times);
  }

  /** How many calls have gone wrong. */
  int struck() {
    return struck.get();
  }

  /** Whether a method has not come back. */
  boolean holdsThread() {
    return inside.get() > 0;
  }

  /** From now on nothing goes wrong; what was withheld is carried out and answered. */
  void calmDown() {
    left.set(0);
    calm.countDown();
    for (Runnable answer = late.poll(); answer != null; answer = late.poll()) {
      answer.run();
    }
  }

  private void answer(CompletableFuture<Object> stage, Method called, Object[] arguments) {
    try {
      ((CompletionStage<?>) carryOut(sessions, called, arguments))
          .whenComplete(
              (answer, failure) -> {
                if (failure != null) {
                  stage.completeExceptionally(failure);
                } else {
                  stage.complete(answer);
                }
              });
    } catch (Throwable failure) {
      stage.completeExceptionally(failure);
    }
  }

  /** From now on nobody may call. */
  void end() {
    ended = true;
  }

  /** The calls that came after the end. */
  List<String> callsAfterEnd() {
    return List.copyOf(afterEnd);
  }

  /** The plugin, in this host. */
  AgentPlugin plugin() {
    return host -> new BackgroundPlugin().activate(around(host));
  }

  private HostContext around(HostContext host) {
    sessions = host.sessions();
    SessionClient rough =
        (SessionClient)
            Proxy.newProxyInstance(
                getClass().getClassLoader(),
                new Class<?>[] {SessionClient.class},
                (proxy, called, arguments) -> call(called, arguments));
    return new HostContext() {
      @Override
      public SessionClient sessions() {
        return rough;
      }

      @Override
      public Map<String, String> settings() {
        return host.settings();
      }

      @Override
      public Optional<Path> dataDirectory() {
        return host.dataDirectory();
      }

      @Override
      public Clock clock() {
        return host.clock();
      }

      @Override
      public long nanoTime() {
        return host.nanoTime();
      }

      @Override
      public void publish(PluginEvent event) {
        if (!strike("publish")) {
          host.publish(event);
        }
      }
    };
  }

  private @Nullable Object call(Method called, Object[] arguments) throws Throwable {
    if (!strike(called.getName())) {
      return carryOut(sessions, called, arguments);
    }
    boolean asynchronous = called.getReturnType() == CompletionStage.class;
    // What is not asynchronous can do no worse than throw or block.
    return asynchronous && trouble != Trouble.BLOCKS
        ? stage(called, arguments)
        : carryOut(sessions, called, arguments);
  }

  private CompletionStage<?> stage(Method called, Object[] arguments) {
    CompletableFuture<Object> stage = new CompletableFuture<>();
    if (trouble == Trouble.ANSWERS_LATE) {
      late.add(() -> answer(stage, called, arguments));
    } else if (trouble == Trouble.FAILS_AT_ONCE) {
      stage.completeExceptionally(new IllegalStateException("on purpose"));
    }
    return stage;
  }

  /** Whether it is the turn of a call to go wrong; one that blocks or throws does so in here. */
  private boolean strike(String name) {
    if (ended) {
      afterEnd.add(name);
    }
    if (!name.equals(method) || left.getAndUpdate(some -> Math.max(0, some - 1)) == 0) {
      return false;
    }
    struck.incrementAndGet();
    switch (trouble) {
      case BLOCKS -> block();
      case THROWS -> throw new IllegalStateException("on purpose");
      case THROWS_AN_ERROR -> throw new NoClassDefFoundError("on purpose");
      case NEVER_ANSWERS, FAILS_AT_ONCE, ANSWERS_LATE -> {}
    }
    return true;
  }

  private void block() {
    inside.incrementAndGet();
    try {
      calm.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException("interrupted", e);
    } finally {
      inside.decrementAndGet();
    }
  }

  private static @Nullable Object carryOut(
      @Nullable SessionClient sessions, Method called, Object[] arguments) throws Throwable {
    try {
      return called.invoke(sessions, arguments);
    } catch (InvocationTargetException e) {
      throw e.getTargetException();
    }
  }
}
