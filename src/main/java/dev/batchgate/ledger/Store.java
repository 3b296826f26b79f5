package dev.batchgate.ledger;

import dev.batchgate.ingestion.DatabaseUrl;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;

/** Where the records are, as a command line names it; as a text, without any secret. */
interface Store {

    /** Throws {@link dev.batchgate.ingestion.StartRefused} for what is meant as a URL and is none. */
    static Store of(String name) {
        return DatabaseUrl.isMeantBy(name)
                ? new SharedStore(DatabaseUrl.parse(name))
                : new EmbeddedStore(Path.of(name), name);
    }

    /**
     * A transaction that sees what was there when it began and writes nothing; for queries that nobody needs to wait for.
     * Throws where there are no records, or those of another version.
     */
    Connection open() throws SQLException;
}
