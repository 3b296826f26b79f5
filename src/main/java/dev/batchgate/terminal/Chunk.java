package dev.batchgate.terminal;

import dev.batchgate.ingestion.Priority;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Collectors;

/**
 * As many ids of a list as make one ingestion.
 *
 * @param place in the list, counted from 0: the same ids in two places of it are two chunks
 */
// An array to be read, never shared and never compared: a million ids as objects would not be small.
@SuppressWarnings("ArrayRecordComponent")
record Chunk(long[] ids, int place, Priority priority) {

    static List<Chunk> split(long[] ids, int size, Priority priority) {
        List<Chunk> chunks = new ArrayList<>();
        for (int from = 0; from < ids.length; from += size) {
            chunks.add(new Chunk(
                    Arrays.copyOfRange(ids, from, (int) Math.min((long) from + size, ids.length)),
                    chunks.size(),
                    priority));
            if (ids.length - from <= size) {
                break;
            }
        }
        return chunks;
    }

    /**
     * Its idempotency key, the same whenever the same is handed in.
     *
     * @param prefix what tells it from the same ids handed in for another purpose
     */
    String key(String prefix) {
        byte[] named = (prefix + '\0' + place + '\0' + priority + '\0').getBytes(StandardCharsets.UTF_8);
        ByteBuffer content = ByteBuffer.allocate(named.length + ids.length * Long.BYTES);
        content.put(named);
        content.asLongBuffer().put(ids);
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content.array()));
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    String body() {
        return Arrays.stream(ids)
                .mapToObj(Long::toString)
                .collect(Collectors.joining(",", "{\"ids\":[", "],\"priority\":\"" + priority + "\"}"));
    }
}
