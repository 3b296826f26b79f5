package dev.batchgate.access;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What is in a session's cookie, and who can read and make one. */
class SessionsTests {

    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

    private static Sessions sessions(Duration later, String... configured) {
        List<ConfiguredKey> keys =
                List.of(configured).stream().map(ConfiguredKey::of).toList();
        return new Sessions(new Keyring(ApiKey.of(keys)), Clock.fixed(START.plus(later), ZoneOffset.UTC));
    }

    private static String admin(String digest) {
        return "ops:admin:" + digest;
    }

    @Test
    void everyReplicaReadsItAndARestartChangesNothing() {
        String cookie = sessions(Duration.ZERO, admin(TestKeys.ADMIN_DIGEST))
                .open(TestKeys.ADMIN)
                .orElseThrow();

        Session here = sessions(Duration.ZERO, admin(TestKeys.ADMIN_DIGEST))
                .find(cookie)
                .orElseThrow();
        Session there = sessions(
                        Duration.ofHours(11), "new:admin:" + TestKeys.ACME_DIGEST, admin(TestKeys.ADMIN_DIGEST))
                .find(cookie)
                .orElseThrow();

        assertThat(here.token()).isEqualTo(there.token()).matches("[0-9a-f]{64}");
        assertThat(here.key().name()).isEqualTo("ops");
    }

    @Test
    void itEndsAfterTwelveHoursAndWithItsKey() {
        String cookie = sessions(Duration.ZERO, admin(TestKeys.ADMIN_DIGEST))
                .open(TestKeys.ADMIN)
                .orElseThrow();

        assertThat(sessions(Duration.ofHours(12).minusSeconds(1), admin(TestKeys.ADMIN_DIGEST))
                        .find(cookie))
                .isPresent();
        assertThat(sessions(Duration.ofHours(12), admin(TestKeys.ADMIN_DIGEST)).find(cookie))
                .isEmpty();
        assertThat(sessions(Duration.ZERO, admin(TestKeys.OTHER_DIGEST)).find(cookie))
                .isEmpty();
        assertThat(sessions(Duration.ZERO, "ops:submit:" + TestKeys.ADMIN_DIGEST)
                        .find(cookie))
                .isEmpty();
    }

    @Test
    void whileAKeyIsReplacedBothAreGood() {
        Sessions both = sessions(Duration.ZERO, admin(TestKeys.ADMIN_DIGEST + "+" + TestKeys.ACME_DIGEST));

        assertThat(both.find(both.open(TestKeys.ADMIN).orElseThrow())).isPresent();
        assertThat(both.find(both.open(TestKeys.ACME).orElseThrow())).isPresent();
        assertThat(both.open(TestKeys.OTHER)).isEmpty();
    }

    @Test
    void whoeverChangesABitOfItHasNone() {
        Sessions sessions = sessions(Duration.ZERO, admin(TestKeys.ADMIN_DIGEST));
        byte[] cookie =
                Base64.getUrlDecoder().decode(sessions.open(TestKeys.ADMIN).orElseThrow());

        for (int bit = 0; bit < 8 * cookie.length; bit++) {
            byte[] changed = cookie.clone();
            changed[bit / 8] ^= (byte) (1 << bit % 8);
            assertThat(sessions.find(Base64.getUrlEncoder().withoutPadding().encodeToString(changed)))
                    .isEmpty();
        }
        for (int length = 0; length < cookie.length; length++) {
            assertThat(sessions.find(Base64.getUrlEncoder().encodeToString(Arrays.copyOf(cookie, length))))
                    .isEmpty();
        }
    }

    @Test
    void theKeyCannotBeReadOffIt() {
        String cookie = sessions(Duration.ZERO, admin(TestKeys.ADMIN_DIGEST))
                .open(TestKeys.ADMIN)
                .orElseThrow();

        assertThat(new String(Base64.getUrlDecoder().decode(cookie), StandardCharsets.ISO_8859_1))
                .doesNotContain(TestKeys.ADMIN);
    }
}
