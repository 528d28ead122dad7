package dev.sideline.background.schema;

import com.networknt.schema.AbsoluteIri;
import com.networknt.schema.resource.InputStreamSource;
import com.networknt.schema.resource.SchemaLoader;
import java.io.FileNotFoundException;
import java.io.InputStream;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The schemas of schemas, as files beside this class, and no others. The build puts the validator's
 * own there: at the root of the jar, where the validator itself would look, and through the class
 * loader of whichever thread asks, another library's may come first.
 */
final class DraftFiles extends SchemaLoader {

  private static final Pattern ADDRESS =
      Pattern.compile("https?://json-schema\\.org/(draft[-/][A-Za-z0-9/-]+)#?");

  DraftFiles() {
    // Nothing is to be asked of one without a file: the validator would log each mention of it as
    // an error of the program.
    super(List.of(), List.of(), DraftFiles::has, address -> false);
  }

  /** The address stays what it is, instead of becoming the name of a file on the class path. */
  @Override
  protected @Nullable AbsoluteIri resolveMetaSchemaId(AbsoluteIri address) {
    return null;
  }

  @Override
  protected InputStreamSource getClasspathResource(AbsoluteIri address) {
    return () -> {
      String name = name(address);
      InputStream file = name == null ? null : DraftFiles.class.getResourceAsStream(name);
      if (file == null) {
        throw new FileNotFoundException(address.toString());
      }
      return file;
    };
  }

  private static boolean has(AbsoluteIri address) {
    String name = name(address);
    return name != null && DraftFiles.class.getResource(name) != null;
  }

  private static @Nullable String name(AbsoluteIri address) {
    Matcher parts = ADDRESS.matcher(address.toString());
    return parts.matches() ? parts.group(1) : null;
  }
}
