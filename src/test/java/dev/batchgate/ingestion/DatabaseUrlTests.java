package dev.batchgate.ingestion;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.mock.env.MockEnvironment;

class DatabaseUrlTests {

    @ParameterizedTest
    @CsvSource(
            delimiterString = " -> ",
            value = {
                "postgres://me:secret@db.example:6543/jobs -> jdbc:postgresql://db.example:6543/jobs",
                "postgresql://me:secret@db.example/jobs -> jdbc:postgresql://db.example:5432/jobs",
                "postgres://me:secret@db/jobs?sslmode=verify-full&sslrootcert=/etc/ca.pem"
                        + " -> jdbc:postgresql://db:5432/jobs?sslmode=verify-full&sslrootcert=%2Fetc%2Fca.pem",
                "postgres://me:secret@db/jobs?sslmode=no-verify -> jdbc:postgresql://db:5432/jobs?sslmode=require",
                "postgres://me:secret@a:1,b:2/jobs?target_session_attrs=read-write"
                        + " -> jdbc:postgresql://a:1,b:2/jobs?targetServerType=primary",
                "postgres://me:secret@[::1]:5433/jobs -> jdbc:postgresql://[::1]:5433/jobs",
                "postgres://me:secret@my_db.internal:5432/jobs -> jdbc:postgresql://my_db.internal:5432/jobs",
                "postgres://me:secret@db/a%20b?connect_timeout=3 -> jdbc:postgresql://db:5432/a%20b?connectTimeout=3",
                "postgres://me:secret@db -> jdbc:postgresql://db:5432/"
            })
    void isReadAsPlatformsWriteIt(String written, String jdbcUrl) {
        assertThat(DatabaseUrl.parse(written)).isEqualTo(new DatabaseUrl(jdbcUrl, "me", "secret"));
    }

    @Test
    void theSchemaIsItsOwnUnlessTheUrlNamesAnother() {
        assertThat(DatabaseUrl.parse("postgres://db/jobs?sslmode=require").schema())
                .isEqualTo("batchgate");
        assertThat(DatabaseUrl.parse("postgres://db/jobs?sslmode=require&currentSchema=mine")
                        .schema())
                .isEqualTo("mine");
    }

    @Test
    void specialCharactersOfUserAndPasswordAreWrittenInPercents() {
        DatabaseUrl url = DatabaseUrl.parse("postgres://a%40b:p%3Aq%2F%25+x@db:5432/jobs");

        assertThat(url.user()).isEqualTo("a@b");
        assertThat(url.password()).isEqualTo("p:q/%+x");
    }

    @Test
    void whatTheDriverReadsItselfIsLeftToIt() {
        assertThat(DatabaseUrl.parse("jdbc:postgresql://db/jobs?user=me&password=secret"))
                .isEqualTo(new DatabaseUrl("jdbc:postgresql://db/jobs?user=me&password=secret", null, null))
                .hasToString("postgresql://db/jobs");
        assertThat(DatabaseUrl.parse("postgres://db/jobs").user()).isNull();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "mysql://me:secret@db/jobs",
                "jdbc:mysql://me:secret@db/jobs",
                "jdbc:postgresql://me:secret@db/jobs",
                "postgres://me:se cret@db/jobs",
                "postgres://me:secret%@db/jobs",
                "jdbc:postgresql://db:port/jobs?password=secret",
                "jdbc:postgresql://db/jobs?password=secret&currentSchema=Mine",
                "postgres:///jobs?password=secret",
                "postgres://me:secret@:5432/jobs",
                "postgres://me:secret@a,,b/jobs",
                "db.example"
            })
    void whatIsNoUrlOfPostgresqlIsRefusedWithoutShowingIt(String url) {
        assertThatThrownBy(() -> DatabaseUrl.parse(url))
                .isInstanceOf(StartRefused.class)
                .hasMessageContaining("DATABASE_URL")
                .hasMessageNotContaining("secret");
    }

    @Test
    void thePropertyComesBeforeThePlatformsVariable() {
        MockEnvironment environment = new MockEnvironment();
        assertThat(DatabaseUrl.of(environment.withProperty("DATABASE_URL", " ")))
                .isEmpty();
        environment.setProperty("DATABASE_URL", "postgres://db/jobs");
        assertThat(DatabaseUrl.of(environment).orElseThrow().jdbcUrl()).isEqualTo("jdbc:postgresql://db:5432/jobs");

        environment.setProperty("spring.datasource.url", "jdbc:postgresql://other/jobs");
        environment.setProperty("spring.datasource.username", "me");
        environment.setProperty("spring.datasource.password", "secret");

        assertThat(DatabaseUrl.of(environment))
                .contains(new DatabaseUrl("jdbc:postgresql://other/jobs", "me", "secret"));
        assertThat(DatabaseUrl.of(environment).orElseThrow()).hasToString("postgresql://other/jobs");
    }
}
