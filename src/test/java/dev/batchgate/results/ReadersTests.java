package dev.batchgate.results;

import static dev.batchgate.results.FakeStore.page;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.batchgate.ingestion.BatchState;
import dev.batchgate.ingestion.Data;
import dev.batchgate.ingestion.IdOutcome;
import dev.batchgate.ingestion.Ids;
import dev.batchgate.ingestion.Results;
import java.io.IOException;
import java.io.InputStream;
import java.lang.management.ManagementFactory;
import java.lang.ref.WeakReference;
import java.net.URI;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.boot.test.web.server.LocalServerPort;

/** Readers of many results: to the end, not to the end, and not at all; 1 GB for those who want all of it. */
@ResultsServed
@ExtendWith(OutputCaptureExtension.class)
class ReadersTests {

    private static final int IDS = 100_000;
    private static final int IN_A_PAGE = 100;
    private static final int CHARACTERS = 10_000;
    private static final int MIB = 1 << 20;

    @LocalServerPort
    private int port;

    @Autowired
    private FakeStore store;

    @Autowired
    private RequestsUnderWay underWay;

    @Test
    void aGigabyteGoesThroughAndNoMoreThanAPageIsHeld() throws Exception {
        ConcurrentLinkedQueue<Long> used = new ConcurrentLinkedQueue<>();
        List<WeakReference<Results.Page>> pages = Collections.synchronizedList(new ArrayList<>());
        String id = many(from -> {
            if (from % (IDS / 10) == 0) {
                used.add(usedMemory());
                assertThat(pages).as("pages held").allMatch(page -> page.refersTo(null));
            }
            Optional<Results.Page> page = largePage(from);
            pages.add(new WeakReference<>(page.orElseThrow()));
            return page;
        });

        assertThat(bytesOf(id)).isGreaterThan((long) IDS * CHARACTERS);

        assertThat(used).hasSize(10);
        assertThat(Collections.max(used) - used.element()).isLessThan(16 * MIB);
    }

    @Test
    void aReaderThatStopsIsReadNothingForAndCutOffInTime(CapturedOutput log) throws Exception {
        AtomicInteger reads = new AtomicInteger();
        String id = many(counted(reads));

        try (Client client = new Client(port, id, "*/*")) {
            assertThat(client.readSome()).startsWith("HTTP/1.1 200 ");
            await().until(() -> underWay.count() == 0);

            assertThat(reads).as("pages read of 1,000").hasValueLessThan(20);
            assertThat(client.readToTheEnd()).doesNotEndWith(Client.END);
        }
        assertThat(log).doesNotContain(" ERROR ", " WARN ");
    }

    @Test
    void aReaderThatGoesAwayIsNobodysFault(CapturedOutput log) throws Exception {
        AtomicInteger reads = new AtomicInteger();
        String id = many(counted(reads));

        try (Client client = new Client(port, id, "*/*")) {
            assertThat(client.readSome()).startsWith("HTTP/1.1 200 ");
        }
        await().until(() -> underWay.count() == 0);

        assertThat(reads).as("pages read of 1,000").hasValueLessThan(20);
        assertThat(log).doesNotContain(" ERROR ", " WARN ");
    }

    private String many(IntFunction<Optional<Results.Page>> pages) {
        Ids.Builder ids = new Ids.Builder();
        IntStream.range(0, IDS).forEach(ids::add);
        return store.add(ids.build(), Collections.nCopies(IDS, BatchState.YET_TO_START), pages);
    }

    private static IntFunction<Optional<Results.Page>> counted(AtomicInteger reads) {
        return from -> {
            reads.incrementAndGet();
            return largePage(from);
        };
    }

    private static Optional<Results.Page> largePage(int from) {
        IdOutcome[] outcomes = IntStream.range(0, IN_A_PAGE)
                .mapToObj(index -> new IdOutcome.Fetched(Data.json("\"" + "x".repeat(CHARACTERS) + "\"")))
                .toArray(IdOutcome[]::new);
        return page(from, outcomes);
    }

    private long bytesOf(String id) throws IOException {
        try (InputStream body = URI.create("http://127.0.0.1:%d/results/%s".formatted(port, id))
                .toURL()
                .openStream()) {
            byte[] some = new byte[65_536];
            long bytes = 0;
            for (int read = 0; read >= 0; read = body.read(some)) {
                bytes += read;
            }
            return bytes;
        }
    }

    private static long usedMemory() {
        System.gc();
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }
}
