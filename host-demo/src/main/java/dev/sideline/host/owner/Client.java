package dev.sideline.host.owner;

import java.io.InputStream;
import java.io.OutputStream;

/** A client as the owner sees it: what it wants, its streams, and whether it is still there. */
public interface Client {

  /** What it has said of itself. */
  Greeting greeting();

  /** Its standard input; ends when the client is gone. */
  InputStream in();

  /** Its standard output. Waits while the client does not read; fails when it is gone. */
  OutputStream out();

  /** Its standard error; likewise. */
  OutputStream err();

  /** Has something done when it is gone, on a thread that must not be held up; at once if it is. */
  void whenGone(Runnable action);
}
