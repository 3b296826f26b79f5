package dev.batchgate.postgres;

import dev.batchgate.ingestion.OrdersContract.Desk;
import dev.batchgate.ingestion.Telemetry;
import dev.batchgate.ingestion.TelemetryContract;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;

class TelemetryTests extends TelemetryContract {

    private final TestInstallation installation = new TestInstallation();
    private final MovedDatabaseTime time = installation.moveTime();

    @AfterEach
    void close() {
        installation.close();
    }

    @Override
    protected Desk desk(String... settings) {
        return installation.desk(settings);
    }

    @Override
    protected Telemetry telemetry() {
        return installation.telemetry();
    }

    @Override
    protected void pass(Duration passing) {
        time.pass(passing);
    }
}
