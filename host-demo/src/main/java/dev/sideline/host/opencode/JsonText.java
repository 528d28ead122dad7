package dev.sideline.host.opencode;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.JsonDeserializer;
import java.io.IOException;
import java.io.StringWriter;

/**
 * Reads any value as text: a string as it is, anything else as JSON without spaces. Copies from
 * parser to text without a tree in between, because arguments of tools may be whole files.
 */
final class JsonText extends JsonDeserializer<String> {

  @Override
  public String deserialize(JsonParser parser, DeserializationContext context) throws IOException {
    if (parser.currentToken() == JsonToken.VALUE_STRING) {
      return parser.getText();
    }
    StringWriter text = new StringWriter();
    try (JsonGenerator json = parser.getCodec().getFactory().createGenerator(text)) {
      json.copyCurrentStructure(parser);
    }
    return text.toString();
  }
}
