package dev.sideline.host.cli.tour;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sideline.api.testing.RecordingSessionClient;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The tour with tools that are played. */
class TourTest {

  private static final Tour.Pace QUICK =
      new Tour.Pace(
          Duration.ofMillis(1), Duration.ZERO, Duration.ofMillis(200), Duration.ofSeconds(20));

  private static final String SESSION = "ses_tour";

  private final RecordingSessionClient sessions = new RecordingSessionClient();
  private final ByteArrayOutputStream shown = new ByteArrayOutputStream();

  /** Orders in which the tasks of one millisecond may be listed. */
  enum Order {
    LAUNCHED,
    REVERSED,
    ROTATED;

    void apply(List<PlayedTools.Task> tasks) {
      switch (this) {
        case LAUNCHED -> {}
        case REVERSED -> Collections.reverse(tasks);
        case ROTATED -> Collections.rotate(tasks, 2);
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void it_cancels_the_task_whose_launch_returned_that_id_whatever_the_order_of_the_list(
      Order order) {
    PlayedTools tools = new PlayedTools(SESSION, sessions, order::apply);

    tour(tools, Optional::of).play();

    assertThat(tools.cancelled()).containsExactly("Work for a minute");
    assertThat(tools.read()).containsExactly("Count files, folders and lines");
  }

  @ParameterizedTest
  @EnumSource
  void it_shows_tasks_in_the_order_of_their_launches(Order order) {
    PlayedTools tools = new PlayedTools(SESSION, sessions, order::apply);

    tour(tools, Optional::of).play();

    assertThat(shown.toString(StandardCharsets.UTF_8))
        .containsSubsequence(
            "side by side",
            "Count files",
            "Work for six",
            "Answer at once",
            "Run into an error",
            "Work for a minute");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"background_task", "background_list", "background_output", "background_cancel"})
  void a_call_that_is_not_answered_ends_it_in_plain_words(String name) {
    PlayedTools tools = new PlayedTools(SESSION, sessions, tasks -> {});
    tools.neverAnswer(name);

    assertThatThrownBy(() -> tour(tools, Optional::of).play())
        .isInstanceOf(TourFailedException.class)
        .hasMessageContaining(name + " gave no answer within");
  }

  @Test
  void what_a_task_says_or_is_called_commands_no_terminal() {
    PlayedTools tools =
        new PlayedTools(
            SESSION,
            sessions,
            tasks ->
                tasks.set(
                    2,
                    new PlayedTools.Task(
                        tasks.get(2).id(), "\u009bb", "Title \u001b]0;owned\u0007")));
    tools.answer("Fine\rSpoofed \u001b[2J\u202e");

    tour(tools, Optional::of).play();

    assertThat(shown.toString(StandardCharsets.UTF_8))
        .contains(
            "\\u009bb", "Title \\u001b]0;owned\\u0007", "Fine\\u000dSpoofed \\u001b[2J\\u202e")
        .doesNotContain("\u001b", "\u0007", "\u009b", "\u202e", "\r");
  }

  @Test
  void an_act_that_takes_too_long_ends_it_in_plain_words() {
    PlayedTools tools = new PlayedTools(SESSION, sessions, tasks -> {});

    assertThatThrownBy(() -> tour(tools, answer -> Optional.empty()).play())
        .isInstanceOf(TourFailedException.class)
        .hasMessage("the tasks did not get on within 20 s");
  }

  @Test
  void a_task_that_is_not_listed_ends_it_in_plain_words() {
    PlayedTools tools = new PlayedTools(SESSION, sessions, tasks -> tasks.remove(0));

    assertThatThrownBy(() -> tour(tools, Optional::of).play())
        .isInstanceOf(TourFailedException.class)
        .hasMessageContaining("is not listed");
  }

  /** What becomes of an answer when there is one. */
  private interface Ending {
    Optional<Object> of(Object answer);
  }

  private Tour tour(PlayedTools tools, Ending ending) {
    Terminal terminal =
        new Terminal(new PrintStream(shown, true, StandardCharsets.UTF_8), false, false, 80);
    return new Tour(
        terminal,
        SESSION,
        sessions,
        tools.all(),
        new Tour.Patience() {
          @Override
          public <T> Optional<T> until(
              Duration every, Duration atMost, Callable<Optional<T>> question) {
            return asked(question).filter(answer -> ending.of(answer).isPresent());
          }
        },
        QUICK);
  }

  /** The tools play their part at once, so that one question is enough. */
  private static <T> Optional<T> asked(Callable<Optional<T>> question) {
    try {
      return question.call();
    } catch (RuntimeException failure) {
      throw failure;
    } catch (Exception failure) {
      throw new IllegalStateException(failure);
    }
  }
}
