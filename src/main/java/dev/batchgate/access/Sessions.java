package dev.batchgate.access;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * Sessions of browsers, which no replica has to remember: a cookie that holds the key itself, its end and a number,
 * encrypted with a secret that follows from the configured digest of that key. So every replica can read it, nobody else
 * can, and nobody can make one who does not have the key. Any thread may enter.
 */
final class Sessions {

    static final String COOKIE = "session";
    static final Duration LIFETIME = Duration.ofHours(12);

    private static final String CIPHER = "AES/GCM/NoPadding";
    private static final String MAC = "HmacSHA256";
    private static final int NONCE_BYTES = 12;
    private static final int TAG_BITS = 128;
    private static final int NUMBER_BYTES = 16;

    /** Longer than any of ours. */
    private static final int LONGEST_COOKIE = 1_000;

    private final List<Candidate> candidates;
    private final Clock clock;
    private final SecureRandom random = new SecureRandom();

    /** A digest that a session may be of. */
    private record Candidate(ApiKey key, Digest digest, SecretKeySpec secret) {}

    Sessions(Keyring keyring, Clock clock) {
        this.clock = clock;
        this.candidates = keyring.keys().stream()
                .filter(key -> key.role() == Role.ADMIN)
                .flatMap(key -> key.digests().stream()
                        .map(digest -> new Candidate(key, digest, new SecretKeySpec(mac(digest, "session"), "AES"))))
                .toList();
    }

    /** The cookie of a new session; empty if that key is not good for one. */
    Optional<String> open(String presented) {
        Digest digest = Digest.of(presented);
        return candidates.stream()
                .filter(candidate -> candidate.digest().equals(digest))
                .findFirst()
                .map(candidate -> seal(candidate, presented));
    }

    private String seal(Candidate candidate, String presented) {
        byte[] nonce = new byte[NONCE_BYTES];
        byte[] number = new byte[NUMBER_BYTES];
        random.nextBytes(nonce);
        random.nextBytes(number);
        byte[] key = presented.getBytes(StandardCharsets.UTF_8);
        byte[] content = ByteBuffer.allocate(Long.BYTES + NUMBER_BYTES + key.length)
                .putLong(clock.instant().plus(LIFETIME).getEpochSecond())
                .put(number)
                .put(key)
                .array();
        try {
            byte[] sealed =
                    cipher(Cipher.ENCRYPT_MODE, candidate.secret(), nonce).doFinal(content);
            return Base64.getUrlEncoder()
                    .withoutPadding()
                    .encodeToString(ByteBuffer.allocate(nonce.length + sealed.length)
                            .put(nonce)
                            .put(sealed)
                            .array());
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    /** The session of a cookie; empty if it is over, or there never was one. */
    Optional<Session> find(String cookie) {
        if (cookie.length() > LONGEST_COOKIE) {
            return Optional.empty();
        }
        byte[] bytes;
        try {
            bytes = Base64.getUrlDecoder().decode(cookie);
        } catch (IllegalArgumentException malformed) {
            return Optional.empty();
        }
        if (bytes.length < NONCE_BYTES + TAG_BITS / Byte.SIZE + Long.BYTES + NUMBER_BYTES) {
            return Optional.empty();
        }
        return candidates.stream()
                .flatMap(candidate -> open(candidate, bytes).stream())
                .findFirst();
    }

    private Optional<Session> open(Candidate candidate, byte[] bytes) {
        ByteBuffer content;
        try {
            content = ByteBuffer.wrap(cipher(Cipher.DECRYPT_MODE, candidate.secret(), Arrays.copyOf(bytes, NONCE_BYTES))
                    .doFinal(bytes, NONCE_BYTES, bytes.length - NONCE_BYTES));
        } catch (AEADBadTagException other) {
            return Optional.empty();
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException(impossible);
        }
        long end = content.getLong();
        byte[] number = new byte[NUMBER_BYTES];
        content.get(number);
        String presented = StandardCharsets.UTF_8.decode(content).toString();
        return clock.instant().getEpochSecond() < end && Digest.of(presented).equals(candidate.digest())
                ? Optional.of(new Session(candidate.key(), token(candidate, number)))
                : Optional.empty();
    }

    private static String token(Candidate candidate, byte[] number) {
        return HexFormat.of()
                .formatHex(mac(candidate.digest(), "orders " + HexFormat.of().formatHex(number)));
    }

    private static Cipher cipher(int mode, SecretKeySpec secret, byte[] nonce) throws GeneralSecurityException {
        Cipher cipher = Cipher.getInstance(CIPHER);
        cipher.init(mode, secret, new GCMParameterSpec(TAG_BITS, nonce));
        return cipher;
    }

    private static byte[] mac(Digest digest, String purpose) {
        try {
            Mac mac = Mac.getInstance(MAC);
            mac.init(new SecretKeySpec(digest.bytes(), MAC));
            return mac.doFinal(("batchgate " + purpose).getBytes(StandardCharsets.UTF_8));
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
