package dev.sideline.host.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ScriptedModelServerTest {

  @AutoClose private final ScriptedModelServer model = new ScriptedModelServer();

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "/v1/chat/completions|{'model':'m','messages':[{'role':'system','content':'be'},"
            + "{'role':'user','content':'go'},{'role':'tool','content':'seen'}],"
            + "'tools':[{'function':{'name':'look','description':'looks','parameters':{}}}]}",
        "/v1/messages|{'model':'m','system':[{'type':'text','text':'be'}],'messages':["
            + "{'role':'user','content':'go'},{'role':'user','content':[{'type':'tool_result',"
            + "'content':[{'type':'text','text':'seen'}]}]}],"
            + "'tools':[{'name':'look','description':'looks','input_schema':{}}]}",
        "/v1/messages|{'stream':true,'model':'m','system':'be','messages':["
            + "{'role':'user','content':[{'type':'text','text':'go'},"
            + "{'type':'tool_result','content':'seen'}]}],"
            + "'tools':[{'name':'look','description':'looks','input_schema':{}}]}",
        "/v1/responses|{'model':'m','instructions':'be','input':[{'type':'message','role':'user',"
            + "'content':[{'type':'input_text','text':'go'}]},"
            + "{'type':'function_call_output','output':'seen'}],'tools':[{'type':'namespace',"
            + "'name':'mcp__x','tools':[{'name':'look','description':'looks','parameters':{}}]}]}",
        "/v1beta/models/m:generateContent|{'systemInstruction':{'parts':[{'text':'be'}]},"
            + "'contents':[{'role':'user','parts':[{'text':'go'},"
            + "{'functionResponse':{'response':{'output':'seen'}}}]}],'tools':["
            + "{'functionDeclarations':[{'name':'look','description':'looks','parameters':{}}]}]}",
        "/v1beta/models/m:streamGenerateContent|{'systemInstruction':{'parts':[{'text':'be'}]},"
            + "'contents':[{'role':'user','parts':[{'text':'go'},"
            + "{'functionResponse':{'response':{'output':'seen'}}}]}],'tools':["
            + "{'functionDeclarations':[{'name':'look','description':'looks','parameters':{}}]}]}"
      })
  void a_turn_is_the_same_in_every_format(String path, String body) throws IOException {
    model
        .whenAsked("go")
        .reply(turn -> Reply.text("I look").thenTool(turn.toolNames().get(0), "{\"at\":1}"));

    String answer = post(path, body.replace('\'', '"'), 200);

    assertThat(answer).contains("I look", "look", "at");
    assertThat(model.turns())
        .singleElement()
        .satisfies(
            turn -> {
              assertThat(turn.model()).isEqualTo("m");
              assertThat(turn.system()).isEqualTo("be");
              assertThat(turn.userTexts()).containsExactly("go");
              assertThat(turn.toolResults()).containsExactly("seen");
              assertThat(turn.tool("look").orElseThrow().description()).isEqualTo("looks");
              assertThat(turn.text()).isEqualTo(body.replace('\'', '"'));
            });
  }

  @Test
  void what_is_not_asked_of_a_model_is_not_there() throws IOException {
    String unused = post("/api/event_logging/batch", "{}", 404);
    assertThat(post("/v1/messages/count_tokens", "{}", 200)).contains("input_tokens");
    assertThat(model.turns()).isEmpty();
  }

  private String post(String path, String body, int status) throws IOException {
    HttpURLConnection call = (HttpURLConnection) model.url(path).toURL().openConnection();
    call.setRequestMethod("POST");
    call.setDoOutput(true);
    call.getOutputStream().write(body.getBytes(StandardCharsets.UTF_8));
    assertThat(call.getResponseCode()).isEqualTo(status);
    try (InputStream answer = status < 400 ? call.getInputStream() : call.getErrorStream()) {
      return new String(answer.readAllBytes(), StandardCharsets.UTF_8);
    } finally {
      call.disconnect();
    }
  }
}
