package dev.sideline.host.plugin;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import dev.sideline.api.HostContext;
import dev.sideline.api.PluginHooks;
import dev.sideline.api.SessionClient;
import dev.sideline.api.TaskOperator;
import dev.sideline.api.Tool;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What stands between the host and a plugin passes on every method of the contract, also those that
 * have a default, and those that the contract gets later: or it takes away what the other side can
 * do.
 */
class EverythingIsPassedOnTest {

  /** Their defaults call other methods of the same object, which are passed on. */
  private static final Set<String> MADE_OF_OTHERS = Set.of("PluginHooks.tool", "Tool.callAndWait");

  /** What the host does in steps of its own, and nobody who has the hooks. */
  private static final Set<String> THE_HOSTS_OWN = Set.of("PluginHooks.dispose");

  static Stream<Class<?>> wrappers() {
    return new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages(EverythingIsPassedOnTest.class.getPackageName())
            .stream()
            .filter(type -> type.getPackageName().equals("dev.sideline.host.plugin"))
            .<Class<?>>map(JavaClass::reflect)
            .filter(type -> contracts(type).findAny().isPresent());
  }

  private static Stream<Class<?>> contracts(Class<?> wrapper) {
    return Arrays.stream(wrapper.getInterfaces())
        .filter(contract -> contract.getPackageName().equals("dev.sideline.api"));
  }

  @Test
  void there_is_a_wrapper_for_each_interface_that_crosses_the_line() {
    assertThat(wrappers().flatMap(EverythingIsPassedOnTest::contracts))
        .containsExactlyInAnyOrder(
            HostContext.class,
            SessionClient.class,
            PluginHooks.class,
            Tool.class,
            TaskOperator.class);
  }

  @ParameterizedTest
  @MethodSource("wrappers")
  void every_method_is_passed_on_also_those_that_have_a_default(Class<?> wrapper) {
    contracts(wrapper)
        .forEach(
            contract -> assertThat(leftOut(wrapper, contract)).as(contract.getName()).isEmpty());
  }

  private static List<String> leftOut(Class<?> wrapper, Class<?> contract) {
    return Arrays.stream(contract.getMethods())
        .filter(method -> !Modifier.isStatic(method.getModifiers()))
        .filter(method -> !declares(wrapper, method))
        .map(method -> contract.getSimpleName() + "." + method.getName())
        .filter(name -> !MADE_OF_OTHERS.contains(name) && !THE_HOSTS_OWN.contains(name))
        .toList();
  }

  private static boolean declares(Class<?> wrapper, Method method) {
    return Arrays.stream(wrapper.getDeclaredMethods())
        .anyMatch(
            own ->
                own.getName().equals(method.getName())
                    && Arrays.equals(own.getParameterTypes(), method.getParameterTypes()));
  }
}
