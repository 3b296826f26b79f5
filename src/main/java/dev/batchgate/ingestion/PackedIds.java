package dev.batchgate.ingestion;

import java.nio.ByteBuffer;
import java.util.Arrays;

/** Ids as one column holds them: big-endian, 4 bytes each while every id fits an int, else 8. */
public final class PackedIds {

    private final int width;
    private final byte[] bytes;

    /** @param width bytes of an id, 4 or 8 */
    public PackedIds(int width, byte[] bytes) {
        this.width = width;
        this.bytes = bytes;
    }

    public static PackedIds of(Ids ids) {
        boolean narrow = true;
        for (int i = 0; i < ids.size() && narrow; i++) {
            narrow = ids.get(i) == (int) ids.get(i);
        }
        int width = narrow ? Integer.BYTES : Long.BYTES;
        ByteBuffer packed = ByteBuffer.allocate(width * ids.size());
        for (int i = 0; i < ids.size(); i++) {
            if (narrow) {
                packed.putInt((int) ids.get(i));
            } else {
                packed.putLong(ids.get(i));
            }
        }
        return new PackedIds(width, packed.array());
    }

    public Ids unpack() {
        Ids.Builder ids = new Ids.Builder();
        for (ByteBuffer packed = ByteBuffer.wrap(bytes); packed.hasRemaining(); ) {
            ids.add(width == Integer.BYTES ? packed.getInt() : packed.getLong());
        }
        return ids.build();
    }

    public boolean sameAs(PackedIds other) {
        return width == other.width && Arrays.equals(bytes, other.bytes);
    }

    public int width() {
        return width;
    }

    public byte[] bytes() {
        return bytes;
    }
}
