package dev.sideline.background;

import dev.sideline.api.AgentPlugin;
import dev.sideline.api.HostContext;
import dev.sideline.api.PluginEvent;
import dev.sideline.api.SessionClient;
import dev.sideline.api.SessionException;
import dev.sideline.api.SessionException.Code;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** A host one of whose calls goes wrong, as often as is left. */
final class FlakySessions {

  /** How a call goes wrong. */
  enum Trouble {
    /** Nothing was done, and that is known. */
    UNAVAILABLE,
    /** Nothing was done, and nobody knows. */
    UNCERTAIN,
    /** It was done, and nobody knows. */
    ANSWER_LOST,
    /** It broke its contract. */
    THROWS,
    /** It broke its contract in another way. */
    NO_STAGE
  }

  private final String method;
  private final Trouble trouble;
  private final AtomicInteger left;

  FlakySessions(String method, Trouble trouble, int times) {
    this.method = method;
    this.trouble = trouble;
    this.left = new AtomicInteger(times);
  }

  /** The plugin, in a host whose sessions are these. */
  AgentPlugin plugin() {
    return host -> new BackgroundPlugin().activate(around(host));
  }

  private HostContext around(HostContext host) {
    SessionClient flaky =
        (SessionClient)
            Proxy.newProxyInstance(
                getClass().getClassLoader(),
                new Class<?>[] {SessionClient.class},
                (proxy, called, arguments) -> call(host.sessions(), called, arguments));
    return new HostContext() {
      @Override
      public SessionClient sessions() {
        return flaky;
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
        host.publish(event);
      }
    };
  }

  private @Nullable Object call(SessionClient sessions, Method called, Object[] arguments)
      throws Throwable {
    boolean wrong = called.getName().equals(method) && left.getAndDecrement() > 0;
    if (!wrong) {
      return carryOut(sessions, called, arguments);
    }
    return switch (trouble) {
      case UNAVAILABLE -> failed(Code.UNAVAILABLE);
      case UNCERTAIN -> failed(Code.UNCERTAIN);
      case ANSWER_LOST -> {
        Object unused = carryOut(sessions, called, arguments);
        yield failed(Code.UNCERTAIN);
      }
      case THROWS -> throw new IllegalStateException("broken on purpose");
      case NO_STAGE -> null;
    };
  }

  private static Object carryOut(SessionClient sessions, Method called, Object[] arguments)
      throws Throwable {
    try {
      return called.invoke(sessions, arguments);
    } catch (InvocationTargetException e) {
      throw e.getTargetException();
    }
  }

  private static CompletableFuture<Object> failed(Code code) {
    return CompletableFuture.failedFuture(new SessionException(code, "trouble on purpose"));
  }
}
