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
 * Cuts an event stream in which a line does not end: the reader keeps a line in memory until it is
 * complete.
 */
final class LineLimit implements Interceptor {

  private final long maxBytes;

  LineLimit(long maxBytes) {
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
      this.source = Okio.buffer(new LimitedSource(body.source()));
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

  private final class LimitedSource extends ForwardingSource {

    private long sinceNewline;

    LimitedSource(Source source) {
      super(source);
    }

    @Override
    public long read(Buffer sink, long byteCount) throws IOException {
      long before = sink.size();
      long read = super.read(sink, byteCount);
      if (read > 0) {
        if (sink.indexOf((byte) '\n', before) >= 0) {
          sinceNewline = 0;
        } else {
          sinceNewline += read;
        }
        if (sinceNewline > maxBytes) {
          throw new IOException("an event of more than " + maxBytes + " bytes");
        }
      }
      return read;
    }
  }
}
