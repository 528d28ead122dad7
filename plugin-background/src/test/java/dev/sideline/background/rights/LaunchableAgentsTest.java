package dev.sideline.background.rights;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sideline.api.AgentCatalog;
import dev.sideline.api.AgentInfo;
import dev.sideline.api.AgentInfo.Access;
import dev.sideline.background.rights.AgentRefusal.Why;
import dev.sideline.background.settings.NamedAgents;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class LaunchableAgentsTest {

  private static final NamedAgents NONE = new NamedAgents(false, Set.of());
  private static final NamedAgents ALL = new NamedAgents(true, Set.of());

  private static final AgentCatalog CATALOG =
      new AgentCatalog(
          List.of(
              AgentInfo.offered("general", "all sorts of work"),
              new AgentInfo("build", "edits", Access.RESERVED),
              new AgentInfo("root", "may do anything", Access.DENIED)),
          "general");

  @Test
  void what_the_host_offers_may_be_launched() {
    LaunchableAgents agents = LaunchableAgents.of(CATALOG, NONE);

    assertThat(agents.refusal("general")).isNull();
    assertThat(agents.byDefault()).isEqualTo("general");
  }

  @Test
  void what_the_host_keeps_for_people_may_be_launched_only_if_the_operator_names_it() {
    assertThat(LaunchableAgents.of(CATALOG, NONE).refusal("build").why())
        .isEqualTo(Why.NOT_ALLOWED);
    assertThat(LaunchableAgents.of(CATALOG, ALL).refusal("build")).isNull();
    assertThat(
            LaunchableAgents.of(CATALOG, new NamedAgents(false, Set.of("build"))).refusal("build"))
        .isNull();
  }

  @Test
  void what_the_host_forbids_stays_forbidden_whatever_the_operator_names() {
    AgentRefusal refusal = LaunchableAgents.of(CATALOG, ALL).refusal("root");

    assertThat(refusal.why()).isEqualTo(Why.DENIED);
    assertThat(refusal.launchable())
        .extracting(AgentInfo::name)
        .containsExactly("general", "build");
  }

  @Test
  void an_agent_that_is_not_there_is_refused_with_those_that_are() {
    AgentRefusal refusal = LaunchableAgents.of(CATALOG, NONE).refusal("generl");

    assertThat(refusal.why()).isEqualTo(Why.UNKNOWN);
    assertThat(refusal.launchable()).extracting(AgentInfo::name).containsExactly("general");
    assertThat(refusal.byDefault()).isEqualTo("general");
  }

  @Test
  void a_default_that_is_forbidden_is_none() {
    AgentCatalog forbidden =
        new AgentCatalog(
            List.of(new AgentInfo("general", "", Access.DENIED), AgentInfo.offered("explore", "")),
            "general");
    LaunchableAgents agents = LaunchableAgents.of(forbidden, NONE);

    assertThat(agents.byDefault()).isNull();
    assertThat(agents.refusal("").why()).isEqualTo(Why.NOT_NAMED);
    assertThat(agents.refusal("").byDefault()).isNull();
  }

  @Test
  void a_host_that_does_not_say_has_those_that_the_operator_names_or_any() {
    assertThat(LaunchableAgents.ofSilentHost(NONE).refusal("anything")).isNull();
    assertThat(LaunchableAgents.ofSilentHost(NONE).refusal("").why()).isEqualTo(Why.NOT_NAMED);
    LaunchableAgents named =
        LaunchableAgents.ofSilentHost(new NamedAgents(false, Set.of("explore")));
    assertThat(named.refusal("explore")).isNull();
    assertThat(named.refusal("build").why()).isEqualTo(Why.NOT_ALLOWED);
  }
}
