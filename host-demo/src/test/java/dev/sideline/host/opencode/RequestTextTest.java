package dev.sideline.host.opencode;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.sideline.api.PendingRequest;
import org.junit.jupiter.api.Test;

/** What whoever has to decide is shown. The requests are as the server sends them. */
class RequestTextTest {

  private static final JsonMapper JSON = Wire.mapper(1 << 20);

  @Test
  void a_command_is_shown_as_it_will_be_run_and_what_always_would_mean() {
    assertThat(
            text(
                """
                {"permission":"bash","patterns":["rm -rf build","make test","tail -3"],
                 "metadata":{"command":"rm -rf build && make test | tail -3"},
                 "always":["rm *","make test *","tail *"]}
                """))
        .isEqualTo(
            """
            bash: rm -rf build && make test | tail -3
            The answer 'always' would also allow: rm *, make test *, tail *\
            """);
  }

  @Test
  void an_edit_is_shown_with_its_file_and_its_change() {
    assertThat(
            text(
                """
                {"permission":"edit","patterns":["src/a.txt"],
                 "metadata":{"filepath":"/srv/project/src/a.txt","diff":"-hello\\n+HELLO\\n"},
                 "always":["*"]}
                """))
        .isEqualTo(
            """
            edit: src/a.txt
            file: /srv/project/src/a.txt
            change:
            -hello
            +HELLO
            The answer 'always' would also allow: any further edit\
            """);
  }

  @Test
  void a_command_that_leaves_the_project_is_shown_with_where_it_goes() {
    assertThat(
            text(
                """
                {"permission":"external_directory","patterns":["/srv/out/*"],
                 "metadata":{"command":"cat /srv/out/x.txt","directories":["/srv/out"]},
                 "always":["/srv/out/*"]}
                """))
        .isEqualTo(
            """
            external_directory: /srv/out/*
            for the command: cat /srv/out/x.txt
            The answer 'always' would also allow: /srv/out/*\
            """);
  }

  @Test
  void a_tool_of_another_server_is_shown_by_its_name() {
    assertThat(text("{\"permission\":\"github_push\",\"patterns\":[\"*\"],\"metadata\":7}"))
        .isEqualTo("github_push");
  }

  @Test
  void a_question_is_shown_with_its_choices() {
    PendingRequest request =
        request(
            """
            {"questions":[{"question":"Which database?","header":"Database","options":[
              {"label":"SQLite","description":"one file"},
              {"label":"PostgreSQL","description":"a server"}]}]}
            """);

    assertThat(request.text())
        .isEqualTo(
            """
            Which database?
            Options: SQLite (one file) | PostgreSQL (a server)\
            """);
    assertThat(request.options()).containsExactly("SQLite", "PostgreSQL");
  }

  @Test
  void several_questions_say_how_they_are_answered() {
    PendingRequest request =
        request(
            """
            {"questions":[
              {"question":"Which features?","header":"F","multiple":true,"options":[
                {"label":"Search","description":""},{"label":"Export","description":"Export"}]},
              {"question":"Which name?","header":"N","options":[]}]}
            """);

    assertThat(request.text())
        .isEqualTo(
            """
            2 questions; the answer is a text with a line for each, in this order:
            1. Which features?
            Options (any number of them): Search | Export
            2. Which name?\
            """);
    assertThat(request.options()).isEmpty();
  }

  @Test
  void a_text_is_bounded_and_no_character_is_cut_in_two() {
    String smileys = "\uD83D\uDE00".repeat(5_000);

    assertThat(text("{\"permission\":\"bash\",\"patterns\":[\"" + smileys + "\"]}"))
        .hasSizeBetween(RequestText.MAX_CHARS - 1, RequestText.MAX_CHARS)
        .endsWith("\uD83D\uDE00 …");
    assertThat(text("{\"permission\":\"bas\",\"patterns\":[\"" + smileys + "\"]}"))
        .endsWith("\uD83D\uDE00 …");
  }

  private static String text(String json) {
    return request(json).text();
  }

  private static PendingRequest request(String json) {
    String whole = "{\"id\":\"r_1\",\"sessionID\":\"ses_1\"," + json.strip().substring(1);
    try {
      return FromWire.request(JSON.readValue(whole, Wire.Request.class)).orElseThrow();
    } catch (JsonProcessingException e) {
      throw new AssertionError(e);
    }
  }
}
