package dev.batchgate;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noFields;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.time.Clock;
import java.time.Instant;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.NullMarked;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.context.annotation.Configuration;

/** The shape: features around a heart that knows none of them. */
@AnalyzeClasses(packages = "dev.batchgate", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTests {

    @ArchTest
    static final ArchRule theHeartKnowsNobody = noClasses()
            .that()
            .resideInAPackage("dev.batchgate.ingestion..")
            .should()
            .dependOnClassesThat(JavaClass.Predicates.resideInAPackage("dev.batchgate..")
                    .and(JavaClass.Predicates.resideOutsideOfPackage("dev.batchgate.ingestion..")));

    @ArchTest
    static final ArchRule noTwoOuterPackagesKnowEachOther = slices().matching("dev.batchgate.(*)..")
            .should()
            .notDependOnEachOther()
            .ignoreDependency(
                    JavaClass.Predicates.resideInAPackage("dev.batchgate.."),
                    JavaClass.Predicates.resideInAPackage("dev.batchgate.ingestion.."));

    /** What replicas decide together, they decide on their database's clock. */
    @ArchTest
    static final ArchRule noReplicasWallClockMatters = noClasses()
            .that()
            .resideInAPackage("dev.batchgate.postgres..")
            .should()
            .dependOnClassesThat()
            .areAssignableTo(Clock.class)
            .orShould()
            .callMethod(Instant.class, "now")
            .orShould()
            .callMethod(System.class, "currentTimeMillis");

    @ArchTest
    static final ArchRule dependenciesComeInThroughConstructors =
            noFields().should().beAnnotatedWith(Autowired.class);

    @ArchTest
    static final ArchRule configurationsStayInTheirPackage =
            classes().that().areAnnotatedWith(Configuration.class).should().bePackagePrivate();

    @ArchTest
    static void everyPackageSaysWhatNullMeans(JavaClasses all) {
        Set<String> unmarked = all.stream()
                .map(JavaClass::getPackage)
                .filter(javaPackage -> !javaPackage.isAnnotatedWith(NullMarked.class))
                .map(javaPackage -> javaPackage.getName())
                .collect(Collectors.toSet());
        assertThat(unmarked).isEmpty();
    }
}
