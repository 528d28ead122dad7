package dev.sideline.host.opencode;

import java.io.IOException;
import okhttp3.MediaType;
import okhttp3.RequestBody;
import okio.BufferedSink;

/**
 * A request's JSON that goes out at most once: OkHttp would otherwise send a request again when a
 * reused connection is cut, and the server would get a prompt twice.
 */
final class OneShotJson extends RequestBody {

  private static final MediaType JSON = MediaType.get("application/json");

  private final byte[] json;

  OneShotJson(byte[] json) {
    this.json = json;
  }

  @Override
  public MediaType contentType() {
    return JSON;
  }

  @Override
  public long contentLength() {
    return json.length;
  }

  @Override
  public boolean isOneShot() {
    return true;
  }

  @Override
  public void writeTo(BufferedSink sink) throws IOException {
    sink.write(json);
  }
}
