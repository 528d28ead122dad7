package dev.sideline.host.opencode;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PermissionsTest {

  private static Wire.Rule rule(String permission, String pattern, String action) {
    return new Wire.Rule(permission, pattern, action);
  }

  @Test
  void of_the_rules_that_fit_the_last_one_counts() {
    List<Wire.Rule> rules =
        List.of(
            rule("*", "*", "allow"),
            rule("task", "*", "deny"),
            rule("task", "explore", "allow"),
            rule("edit", "*", "deny"));

    assertThat(Permissions.allows(rules, "task", "explore")).isTrue();
    assertThat(Permissions.allows(rules, "task", "general")).isFalse();
    assertThat(Permissions.allows(rules, "bash", "ls")).isTrue();
  }

  @Test
  void what_a_person_would_be_asked_is_not_allowed_and_what_no_rule_is_about_is() {
    assertThat(Permissions.allows(List.of(rule("task", "*", "ask")), "task", "x")).isFalse();
    assertThat(Permissions.allows(List.of(rule("bash", "*", "deny")), "task", "x")).isTrue();
    assertThat(Permissions.allows(List.of(new Wire.Rule(null, null, null)), "task", "x")).isTrue();
  }

  @ParameterizedTest
  @CsvSource({
    "orch-*,orch-a,true",
    "orch-*,other,false",
    "a?c,abc,true",
    "a.c,abc,false",
    "*,x,true"
  })
  void patterns_are_wildcards_and_nothing_else(String pattern, String agent, boolean fits) {
    assertThat(Permissions.allows(List.of(rule("task", pattern, "deny")), "task", agent))
        .isEqualTo(!fits);
  }

  @Test
  void only_what_is_lacking_is_denied_anew() {
    List<Wire.Rule> rules =
        List.of(rule("a", "*", "deny"), rule("b", "*", "deny"), rule("b", "*", "allow"));

    assertThat(Permissions.lacking(rules, Set.of("a"))).isEmpty();
    assertThat(Permissions.lacking(rules, Set.of("b"))).containsExactly(rule("b", "*", "deny"));
    assertThat(Permissions.lacking(rules, Set.of("c"))).containsExactly(rule("c", "*", "deny"));
  }
}
