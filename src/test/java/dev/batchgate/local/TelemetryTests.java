package dev.batchgate.local;

import dev.batchgate.ingestion.OrdersContract.Desk;
import dev.batchgate.ingestion.Telemetry;
import dev.batchgate.ingestion.TelemetryContract;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;

class TelemetryTests extends TelemetryContract {

    private final MovedTime time = new MovedTime();
    private final TestStore store = new TestStore();

    @AfterEach
    void deleteStore() {
        store.close();
    }

    @Override
    protected Desk desk(String... settings) {
        store.kill();
        return store.desk(store.open(time, settings));
    }

    @Override
    protected Telemetry telemetry() {
        return store.telemetry();
    }

    @Override
    protected void pass(Duration passing) {
        time.pass(passing);
    }
}
