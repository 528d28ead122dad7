package dev.sideline.host.opencode;

import java.io.IOException;
import okhttp3.Interceptor;
import okhttp3.MediaType;
import okhttp3.Response;
import okhttp3.ResponseBody;
import okio.Buffer;
import okio.BufferedSource;
import okio.ForwardingSource;
import okio.Okio;
import okio.Source;
import org.jspecify.annotations.Nullable;

/**
 * Makes an event stream fit for its reader, which keeps all lines of an event in memory until it is
 * complete, and goes round in circles where a stream ends with a CR: an event that does not end is
 * cut, and a last CR gets the LF that belongs to it.
 */
final class EventLimit implements Interceptor {

  private final long maxBytes;

  EventLimit(long maxBytes) {
    this.maxBytes = maxBytes;
  }

  @Override
  public Response intercept(Chain chain) throws IOException {
    Response response = chain.proceed(chain.request());
    return response.newBuilder().body(new LimitedBody(response.body())).build();
  }

  private final class LimitedBody extends ResponseBody {

    private final ResponseBody body;
    private final BufferedSource source;

    LimitedBody(ResponseBody body) {
      this.body = body;
      this.source = Okio.buffer(limited(body.source(), maxBytes));
    }

    @Override
    public @Nullable MediaType contentType() {
      return body.contentType();
    }

    @Override
    public long contentLength() {
      return body.contentLength();
    }

    @Override
    public BufferedSource source() {
      return source;
    }
  }

  /** A stream of events that fails at one of more than so many bytes. */
  static Source limited(Source source, long maxBytes) {
    return new LimitedSource(source, maxBytes);
  }

  private static final class LimitedSource extends ForwardingSource {

    private final long maxBytes;
    private long inEvent;
    private boolean lineIsEmpty = true;
    private boolean afterReturn;

    LimitedSource(Source source, long maxBytes) {
      super(source);
      this.maxBytes = maxBytes;
    }

    @Override
    public long read(Buffer sink, long byteCount) throws IOException {
      long before = sink.size();
      long read = super.read(sink, byteCount);
      if (read > 0) {
        look(sink, before);
      } else if (read < 0 && afterReturn) {
        // At a CR that nothing follows the reader would look for the LF for ever.
        afterReturn = false;
        sink.writeByte('\n');
        return 1;
      }
      return read;
    }

    private void look(Buffer sink, long from) throws IOException {
      try (Buffer.UnsafeCursor bytes = sink.readUnsafe()) {
        for (int count = bytes.seek(from); count > 0; count = bytes.next()) {
          for (int at = bytes.start; at < bytes.end; at++) {
            look(bytes.data[at]);
          }
        }
      }
    }

    /** An event ends with an empty line; a line with CR, LF or both. */
    private void look(byte next) throws IOException {
      inEvent++;
      if (next == '\n' && afterReturn) {
        afterReturn = false;
        return;
      }
      afterReturn = next == '\r';
      if (next != '\n' && next != '\r') {
        lineIsEmpty = false;
        if (inEvent > maxBytes) {
          throw new IOException("an event of more than " + maxBytes + " bytes");
        }
      } else if (lineIsEmpty) {
        inEvent = 0;
      } else {
        lineIsEmpty = true;
      }
    }
  }
}
