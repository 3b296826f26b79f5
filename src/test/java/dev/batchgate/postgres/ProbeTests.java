package dev.batchgate.postgres;

import dev.batchgate.ingestion.OrdersContract.Desk;
import dev.batchgate.ingestion.ProbeContract;
import org.junit.jupiter.api.AfterEach;

class ProbeTests extends ProbeContract {

    private final TestInstallation installation = new TestInstallation();

    @AfterEach
    void close() {
        installation.close();
    }

    @Override
    protected Desk desk(String... settings) {
        return installation.desk(settings);
    }

    @Override
    protected String verify() {
        return installation.verify();
    }
}
