package dev.batchgate.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import dev.batchgate.ingestion.Batch;
import dev.batchgate.ingestion.Forecast;
import dev.batchgate.ingestion.Ids;
import dev.batchgate.ingestion.Lineup;
import dev.batchgate.ingestion.Origin;
import dev.batchgate.ingestion.Outcomes;
import dev.batchgate.ingestion.Priority;
import dev.batchgate.ingestion.Standing;
import dev.batchgate.ingestion.Submission;
import java.time.Instant;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** More in line than is read anew with each change, and than can be told apart one by one. */
class ManyRivalsTests {

    private static final int EACH = 5_000;

    /** Three keys in turn, a batch each. */
    private static final String FILL = """
            SELECT count(*) FROM accept(
                ARRAY(SELECT gen_random_uuid() FROM generate_series(1, 3 * %1$d)), array_fill('LOW'::text, ARRAY[3 * %1$d]),
                array_fill(1, ARRAY[3 * %1$d]), array_fill(1, ARRAY[3 * %1$d]), array_fill(4, ARRAY[3 * %1$d]),
                array_fill('\\x00000001'::bytea, ARRAY[3 * %1$d]), array_fill(NULL::text, ARRAY[3 * %1$d]),
                ARRAY(SELECT 'key' || i %% 3 FROM generate_series(1, 3 * %1$d) AS i), array_fill(NULL::text, ARRAY[3 * %1$d]),
                array_fill(NULL::text, ARRAY[3 * %1$d]), array_fill(NULL::bigint, ARRAY[3 * %1$d]),
                array_fill(NULL::bigint, ARRAY[3 * %1$d]), array_fill(NULL::bigint, ARRAY[3 * %1$d]), 1000000)""".formatted(EACH);

    private final TestInstallation installation = new TestInstallation();
    private final TestInstallation.Member replica = installation.member("interval=1ms", "fair-share=true", "aging=10h");

    @AfterEach
    void close() {
        installation.close();
    }

    private static Submission by(String owner) {
        return new Submission(UUID.randomUUID(), Priority.LOW, Ids.of(1), 1, null, null, new Origin(owner, null, null));
    }

    private long position(Standing standing) {
        return Forecast.of(standing).orElseThrow().position();
    }

    @Test
    void everybodyIsToldWhereItStands() throws Exception {
        installation.number(FILL);
        UUID last = replica.queue().add(by("key1"));
        UUID late = replica.queue().add(by("late"));

        assertThat(position(replica.queue().standing(last).orElseThrow())).isEqualTo(3 * EACH + 1);
        assertThat(position(replica.queue().standing(late).orElseThrow())).isEqualTo(3);
        assertThat(position(replica.queue().standing(by("later")))).isEqualTo(4);

        for (int i = 0; i < 4; i++) {
            Batch batch = replica.queue().take();
            assertThat(batch.ingestionId().equals(late)).isEqualTo(i == 3);
            replica.queue().finish(batch, Outcomes.completed(batch));
        }
        assertThat(replica.queue().standing(late)).isEmpty();
    }

    @Test
    void whatIfLooksAtSomeAndSaysThatThereMayBeMore() {
        installation.number(FILL);

        Lineup lineup = replica.queue().lineup(Priority.LOW, 50);

        assertThat(lineup.behind()).hasSize(1_000);
        assertThat(lineup.further()).isEqualTo(3 * EACH - 1_000);
    }

    @Test
    void whoHasTimeIsNotRefusedBecauseOthersComeInBeforeIt() {
        installation.number(FILL);
        Instant tomorrow = Instant.now().plusSeconds(86_400);
        long most = replica.queue().standing(by("late")).mostBefore(tomorrow);

        assertThat(most).isGreaterThan(3L * EACH + 1_000_000);
        assertThat(replica.queue().standing(by("late")).mostBefore(Instant.now().minusSeconds(1)))
                .isNegative();
    }
}
