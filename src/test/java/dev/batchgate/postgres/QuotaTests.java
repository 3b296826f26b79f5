package dev.batchgate.postgres;

import dev.batchgate.ingestion.BatchQueue;
import dev.batchgate.ingestion.OrdersContract.Desk;
import dev.batchgate.ingestion.QuotaContract;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;

class QuotaTests extends QuotaContract {

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
    protected BatchQueue another(String... settings) {
        return installation.desk(settings).queue();
    }

    @Override
    protected BatchQueue beside(BatchQueue one) {
        return installation.desk("interval=1h").queue();
    }

    @Override
    protected void pass(Duration wait) {
        time.pass(wait);
    }
}
