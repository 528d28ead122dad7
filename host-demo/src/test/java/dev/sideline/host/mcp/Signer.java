package dev.sideline.host.mcp;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;

/** Signs calls as OpenCode's plugin file does. */
public final class Signer {

  private final CallerKey key;
  private final AtomicInteger nonces = new AtomicInteger();

  /**
   * @param file the key, which is made if it is not there
   */
  public Signer(Path file) throws IOException {
    this.key = CallerKey.readOrCreate(file);
  }

  /** A signature of a call of a tool that a session makes now. */
  public String sign(String session, String tool) {
    String nonce = String.format("%016x", nonces.incrementAndGet());
    return new CallerProof(session, "", System.currentTimeMillis(), nonce).signed(tool, key);
  }
}
