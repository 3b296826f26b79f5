package dev.batchgate.local;

import dev.batchgate.ingestion.InterleavingContract;
import dev.batchgate.ingestion.OrdersContract.Desk;
import java.time.Duration;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

class InterleavingTests extends InterleavingContract {

    @Property
    void whateverComesInWhateverOrderTheModelAgrees(@ForAll Random random) throws Exception {
        play(random);
    }

    @Override
    protected Stage stage(Random random) {
        TestStore store = new TestStore();
        MovedTime time = new MovedTime();
        return new Stage() {
            @Override
            public Desk open(String... settings) {
                LocalQueue queue = store.open(time, settings);
                return store.desk(queue);
            }

            @Override
            public void crash() {
                store.kill();
            }

            @Override
            public boolean forgets() {
                return true;
            }

            @Override
            public void pass(Duration by) {
                time.pass(by);
            }

            @Override
            public long now() {
                return time.nanos();
            }

            @Override
            public String verify() {
                return store.verify();
            }

            @Override
            public void close() {
                store.close();
            }
        };
    }
}
