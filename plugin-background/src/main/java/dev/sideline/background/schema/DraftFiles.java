package dev.sideline.background.schema;

import com.networknt.schema.AbsoluteIri;
import com.networknt.schema.resource.InputStreamSource;
import com.networknt.schema.resource.ResourceLoader;
import java.io.FileNotFoundException;
import java.io.InputStream;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The schemas of schemas, as files beside this class. The build puts the validator's own there:
 * where it has them, at the root of the jar, another library's may come first.
 */
final class DraftFiles implements ResourceLoader {

  /** What the validator makes of the address of a draft before it asks for the file. */
  private static final String PREFIX = "classpath:";

  private static final Pattern ADDRESS =
      Pattern.compile("https?://json-schema\\.org/(draft[-/][A-Za-z0-9/-]+)#?");

  /**
   * Whether there is a file for an address. Of one that has none nothing is to be asked: the
   * validator would log that, for each mention, as an error of the program.
   */
  static boolean has(String address) {
    Matcher parts = ADDRESS.matcher(address);
    return parts.matches() && DraftFiles.class.getResource(parts.group(1)) != null;
  }

  @Override
  public @Nullable InputStreamSource getResource(AbsoluteIri iri) {
    String name = iri.toString();
    if (!name.startsWith(PREFIX)) {
      return null;
    }
    String file = name.substring(PREFIX.length());
    return () -> {
      InputStream stream = DraftFiles.class.getResourceAsStream(file);
      if (stream == null) {
        throw new FileNotFoundException(file);
      }
      return stream;
    };
  }
}
