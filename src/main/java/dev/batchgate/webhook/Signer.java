package dev.batchgate.webhook;

import dev.batchgate.ingestion.StartRefused;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Base64;
import java.util.List;
import java.util.stream.Collectors;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** Signs what is sent, as Standard Webhooks 1.0.0 has it, with every secret that there is. Any thread may enter. */
final class Signer {

    private static final String ALGORITHM = "HmacSHA256";
    private static final String PREFIX = "whsec_";
    private static final int LEAST_BYTES = 24;
    private static final int MOST_BYTES = 64;

    private final List<SecretKeySpec> keys;

    /** Throws {@link StartRefused} where one of them is no secret, and does not show it. */
    Signer(List<String> secrets) {
        this.keys = secrets.stream().map(Signer::key).toList();
    }

    private static SecretKeySpec key(String secret) {
        byte[] bytes =
                secret.strip().startsWith(PREFIX) ? decoded(secret.strip().substring(PREFIX.length())) : new byte[0];
        if (bytes.length < LEAST_BYTES || bytes.length > MOST_BYTES) {
            throw new StartRefused(
                    "One of batchgate.webhook.secrets is not a secret that could sign anything.",
                    "Write each as %s and the Base64 of %d to %d random bytes: echo %s$(openssl rand -base64 32)."
                            .formatted(PREFIX, LEAST_BYTES, MOST_BYTES, PREFIX));
        }
        return new SecretKeySpec(bytes, ALGORITHM);
    }

    private static byte[] decoded(String base64) {
        try {
            return Base64.getDecoder().decode(base64);
        } catch (IllegalArgumentException malformed) {
            return new byte[0];
        }
    }

    /** Whether anything can be signed. */
    boolean isConfigured() {
        return !keys.isEmpty();
    }

    /** One signature for each secret, in their order. */
    String sign(String id, long seconds, byte[] body) {
        return keys.stream().map(key -> "v1," + sign(key, id, seconds, body)).collect(Collectors.joining(" "));
    }

    private static String sign(SecretKeySpec key, String id, long seconds, byte[] body) {
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(key);
            mac.update("%s.%d.".formatted(id, seconds).getBytes(StandardCharsets.UTF_8));
            return Base64.getEncoder().encodeToString(mac.doFinal(body));
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
