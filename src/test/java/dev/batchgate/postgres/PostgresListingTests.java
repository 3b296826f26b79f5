package dev.batchgate.postgres;

import dev.batchgate.ingestion.ListingContract;
import dev.batchgate.ingestion.OrdersContract.Desk;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;

class PostgresListingTests extends ListingContract {

    private final List<TestInstallation> installations = new ArrayList<>();

    @AfterEach
    void close() {
        installations.forEach(TestInstallation::close);
    }

    @Override
    protected Desk desk(String... settings) {
        TestInstallation installation = new TestInstallation();
        installations.add(installation);
        return installation.desk(settings);
    }
}
