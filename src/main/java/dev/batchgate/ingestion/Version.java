package dev.batchgate.ingestion;

import java.io.BufferedOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/**
 * What an ingestion's changeable parts come to, as a short text: the same on every replica, in every store and after a
 * restart, and another one after every change (the first half of an SHA-256).
 */
final class Version {

    private static final int BYTES = 16;

    private Version() {}

    static String of(Ingestion ingestion) {
        MessageDigest digest = sha256();
        try (DataOutputStream out = new DataOutputStream(
                new BufferedOutputStream(new DigestOutputStream(OutputStream.nullOutputStream(), digest)))) {
            write(out, ingestion.priority().name());
            for (BatchState state : ingestion.states()) {
                write(out, state);
            }
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
        byte[] half = new byte[BYTES];
        System.arraycopy(digest.digest(), 0, half, 0, BYTES);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(half);
    }

    private static void write(DataOutputStream out, BatchState state) throws IOException {
        write(out, state.status().name());
        out.writeInt(state.attempts());
        out.writeInt(state.unknownOutcomes());
        write(out, state.startedAt());
        write(out, state.finishedAt());
        write(out, state.nextAttemptAt());
        write(out, state.error());
    }

    private static void write(DataOutputStream out, @Nullable Instant moment) throws IOException {
        out.writeLong(moment == null ? Long.MIN_VALUE : Micros.of(moment));
    }

    private static void write(DataOutputStream out, @Nullable String text) throws IOException {
        byte[] bytes = text == null ? new byte[0] : text.getBytes(StandardCharsets.UTF_8);
        out.writeInt(text == null ? -1 : bytes.length);
        out.write(bytes);
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
