package dev.batchgate.postgres;

import dev.batchgate.ingestion.BatchQueue;
import dev.batchgate.ingestion.BatchQueueContract;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;

class PostgresQueueTests extends BatchQueueContract {

    private final List<TestInstallation> installations = new ArrayList<>();

    @AfterEach
    void close() {
        installations.forEach(TestInstallation::close);
    }

    @Override
    protected BatchQueue queue(String... settings) {
        TestInstallation installation = new TestInstallation();
        installations.add(installation);
        return installation.desk(settings).queue();
    }
}
