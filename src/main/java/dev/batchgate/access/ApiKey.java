package dev.batchgate.access;

import dev.batchgate.ingestion.Caller;
import dev.batchgate.ingestion.Quota;
import dev.batchgate.ingestion.StartRefused;
import java.util.Arrays;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A key that lets in whoever has it.
 *
 * @param digests SHA-256 of the key, and of the one that takes its place
 */
record ApiKey(String name, Role role, List<Digest> digests, Quota quota) {

    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9._-]{1,64}");
    private static final Pattern HASHES = Pattern.compile("[0-9a-fA-F]{64}(\\+[0-9a-fA-F]{64})?");
    private static final Pattern NUMBER = Pattern.compile("[0-9]{1,18}");
    private static final long MOST_IDS_PER_MINUTE = 60_000_000;
    /** As large a number as the fields that tell of it may have. */
    private static final long MOST_BACKLOG = 999_999_999_999L;

    private static final Digest OF_NOTHING = Digest.of("");
    private static final String HOW = "A key is made, with the line that configures it, by:"
            + " java -jar batchgate.jar new-key --name NAME --role ROLE";

    ApiKey {
        digests = List.copyOf(digests);
    }

    Caller caller() {
        return new Caller(name, role == Role.ADMIN, quota);
    }

    /** Never more than its name: what is printed of a key may end in a log. */
    @Override
    public String toString() {
        return name;
    }

    /**
     * Those that are configured; throws {@link StartRefused} if any of them makes no sense, or some of them cannot be read.
     *
     * @param parts the numbers of those that anything is said of, or nothing where one property says all
     */
    static List<ApiKey> of(List<ConfiguredKey> configured, Set<String> parts) {
        require(
                !configured.isEmpty() && parts.size() <= configured.size(),
                "Not all API keys can be read: they must be numbered from 0 on, without a gap.");
        return of(configured);
    }

    /** The same of those that have been read. */
    static List<ApiKey> of(List<ConfiguredKey> configured) {
        List<ApiKey> keys = configured.stream().map(ApiKey::of).toList();
        Set<String> names = new HashSet<>();
        Set<Digest> digests = new HashSet<>();
        for (ApiKey key : keys) {
            require(names.add(key.name), "There are two API keys with the name %s.".formatted(key.name));
            for (Digest digest : key.digests) {
                require(
                        digests.add(digest),
                        "The API key %s has the sha256 of another key, or twice the same.".formatted(key.name));
            }
        }
        return keys;
    }

    private static ApiKey of(ConfiguredKey key) {
        String name = key.name() == null ? "" : key.name();
        require(
                NAME.matcher(name).matches(),
                "An API key has no name of 1 to 64 letters, digits, dots, dashes and underscores.");
        require(
                !name.startsWith(NewKey.PREFIX),
                "What stands for the name of an API key is a key itself; it belongs to whoever uses it, and nowhere else.");
        Role role = Role.of(key.role() == null ? "" : key.role())
                .orElseThrow(() -> refused("The API key %s has neither the role submit nor admin.".formatted(name)));
        String hashes = key.sha256() == null ? "" : key.sha256();
        require(
                HASHES.matcher(hashes).matches(),
                "The sha256 of the API key %s is not 64 hexadecimal digits, or two such joined by +.".formatted(name));
        List<Digest> digests = Arrays.stream(hashes.split("\\+"))
                .map(hex -> new Digest(HexFormat.of().parseHex(hex)))
                .toList();
        require(!digests.contains(OF_NOTHING), "The sha256 of the API key %s is that of no key.".formatted(name));
        return new ApiKey(
                name,
                role,
                digests,
                new Quota(
                        limit(name, "ids-per-minute", key.idsPerMinute(), MOST_IDS_PER_MINUTE),
                        limit(name, "max-backlog", key.maxBacklog(), MOST_BACKLOG)));
    }

    private static @Nullable Long limit(String name, String limit, @Nullable String given, long most) {
        if (given == null || given.isEmpty()) {
            return null;
        }
        boolean isNumber = NUMBER.matcher(given).matches();
        require(
                isNumber && Long.parseLong(given) >= 1 && Long.parseLong(given) <= most,
                "The API key %s has a limit that is none: %s must be a whole number from 1 to %d."
                        .formatted(name, limit, most));
        return Long.valueOf(given);
    }

    private static void require(boolean isSo, String otherwise) {
        if (!isSo) {
            throw refused(otherwise);
        }
    }

    private static StartRefused refused(String problem) {
        return new StartRefused(problem, HOW + ".");
    }
}
