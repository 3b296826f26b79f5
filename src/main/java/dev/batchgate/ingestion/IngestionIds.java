package dev.batchgate.ingestion;

import java.security.SecureRandom;
import java.time.Clock;
import java.util.UUID;

/**
 * New ids for ingestions: UUIDs of version 7 (RFC 9562, 5.7), 48 bits of milliseconds and 74 from a secure random
 * source, so that nobody finds another's by guessing and a store's index grows at its end. Safe for use by any thread.
 */
final class IngestionIds {

    private static final long VERSION_7 = 0x7000L;
    private static final long VARIANT = 0x8000_0000_0000_0000L;

    private final Clock clock;
    private final SecureRandom random = new SecureRandom();

    IngestionIds(Clock clock) {
        this.clock = clock;
    }

    UUID next() {
        long time = clock.millis() << 16;
        long upper = time | VERSION_7 | (random.nextInt() & 0xFFFL);
        long lower = VARIANT | (random.nextLong() >>> 2);
        return new UUID(upper, lower);
    }
}
