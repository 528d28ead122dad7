package dev.sideline.host.opencode;

import java.nio.charset.StandardCharsets;
import java.util.Objects;
import okhttp3.Credentials;
import okhttp3.HttpUrl;
import okhttp3.Request;

/** Address and authentication, the same for calls and for the event stream. */
final class Login {

  private Login() {}

  static HttpUrl base(OpenCodeOptions options) {
    HttpUrl url = HttpUrl.get(options.url());
    return Objects.requireNonNull(url, "OpenCodeOptions admits http and https only");
  }

  static Request.Builder add(Request.Builder request, OpenCodeOptions options) {
    return options.password() == null
        ? request
        : request.header(
            "Authorization",
            Credentials.basic(options.user(), options.password(), StandardCharsets.UTF_8));
  }
}
