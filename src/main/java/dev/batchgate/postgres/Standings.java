package dev.batchgate.postgres;

import dev.batchgate.ingestion.BatchgateProperties;
import dev.batchgate.ingestion.Standing;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Where ingestions stand among all that waits. What is the same for all of them is remembered until the gate's row has
 * changed, as each question shows. Any thread may enter; what they have found out they leave to each other.
 */
final class Standings {

    private static final String FROM = """
             FROM (SELECT sequence, rank FROM ingestion WHERE id = ? AND expired = 0 AND finished_at IS NULL) found
            CROSS JOIN gate g CROSS JOIN acceptance a CROSS JOIN (SELECT now_micros() AS now) n
            """;

    private static final String HERE = "SELECT " + Here.COLUMNS + FROM;
    private static final String ALL = "SELECT " + Here.COLUMNS + ",\n" + View.COLUMNS + FROM + View.JOINS;

    private final Database database;
    private final Contests contests;
    private final BatchgateProperties properties;
    private volatile @Nullable View last;

    Standings(Database database, Contests contests, BatchgateProperties properties) {
        this.contests = contests;
        this.database = database;
        this.properties = properties;
    }

    Optional<Standing> find(UUID id) {
        Optional<Here> here = database.read(connection -> {
            try (PreparedStatement find = connection.prepareStatement(HERE)) {
                find.setObject(1, id);
                try (ResultSet row = find.executeQuery()) {
                    return row.next() ? Optional.of(Here.read(row)) : Optional.empty();
                }
            }
        });
        return here.flatMap(found -> of(id, found));
    }

    /** Of one that has not ended: where it was found, or stands a moment later. */
    Optional<Standing> of(UUID id, Here here) {
        if (!properties.fairness().isStrict()) {
            return contests.standing(here.sequence());
        }
        return remembered(here).or(() -> look(id));
    }

    /** The same of many, by their sequences, in between which the gate may have moved: what one finds out is of use to others then. */
    Map<Long, Standing> of(Map<UUID, Here> all) {
        if (!properties.fairness().isStrict()) {
            return all.isEmpty()
                    ? Map.of()
                    : contests.standings(
                            all.values().stream().map(Here::sequence).toList());
        }
        Map<Long, Standing> found = new HashMap<>();
        all.forEach((id, here) ->
                remembered(here).or(() -> find(id)).ifPresent(standing -> found.put(here.sequence(), standing)));
        return found;
    }

    private Optional<Standing> remembered(Here here) {
        View view = last;
        return view == null ? Optional.empty() : Optional.ofNullable(view.of(here, properties));
    }

    private Optional<Standing> look(UUID id) {
        return database.read(connection -> {
            try (PreparedStatement look = connection.prepareStatement(ALL)) {
                look.setObject(1, id);
                try (ResultSet row = look.executeQuery()) {
                    if (!row.next()) {
                        return Optional.empty();
                    }
                    Here here = Here.read(row);
                    View view = View.read(here, row, last);
                    last = view;
                    Standing standing = view.of(here, properties);
                    // Should others have made room in it meanwhile.
                    return Optional.ofNullable(
                            standing != null
                                    ? standing
                                    : View.read(here, row, null).of(here, properties));
                }
            }
        });
    }
}
