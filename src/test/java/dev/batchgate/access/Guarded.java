package dev.batchgate.access;

import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import org.springframework.boot.test.context.SpringBootTest;

/** A service with keys, which all tests that are marked so share; what is submitted waits. */
@Retention(RetentionPolicy.RUNTIME)
@SpringBootTest(
        webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
        properties = {
            "batchgate.interval=1h",
            "batchgate.upstream.simulated-latency=1h",
            "batchgate.api-keys[0].name=ops",
            "batchgate.api-keys[0].role=admin",
            "batchgate.api-keys[0].sha256=" + TestKeys.ADMIN_DIGEST,
            "batchgate.api-keys[1].name=acme",
            "batchgate.api-keys[1].role=submit",
            "batchgate.api-keys[1].sha256=" + TestKeys.ACME_DIGEST,
            "batchgate.api-keys[2].name=other",
            "batchgate.api-keys[2].role=submit",
            "batchgate.api-keys[2].sha256=" + TestKeys.OTHER_DIGEST,
            "batchgate.api-keys[3].name=limited",
            "batchgate.api-keys[3].role=submit",
            "batchgate.api-keys[3].sha256=" + TestKeys.LIMITED_DIGEST,
            "batchgate.api-keys[3].ids-per-minute=10",
            "batchgate.api-keys[3].max-backlog=3"
        })
@interface Guarded {}
