package dev.batchgate.dashboard;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import org.springframework.core.io.ByteArrayResource;
import org.springframework.core.io.Resource;
import org.springframework.http.MediaType;
import org.springframework.util.StringUtils;

/**
 * One file of the dashboard.
 *
 * @param etag out of the content, so that it is another one in another version, and the same on every replica
 */
record Asset(ByteArrayResource content, MediaType type, String etag) {

    private static final Map<String, MediaType> TYPES = Map.of(
            "html", new MediaType("text", "html", StandardCharsets.UTF_8),
            "css", new MediaType("text", "css", StandardCharsets.UTF_8),
            "js", new MediaType("text", "javascript", StandardCharsets.UTF_8),
            "svg", new MediaType("image", "svg+xml"));

    static Asset of(String name, Resource file) throws IOException {
        byte[] content = file.getContentAsByteArray();
        MediaType type = TYPES.get(String.valueOf(StringUtils.getFilenameExtension(name)));
        if (type == null) {
            throw new IllegalStateException("nobody knows what kind of file %s is".formatted(name));
        }
        return new Asset(new ByteArrayResource(content), type, "\"%s\"".formatted(digest(content)));
    }

    private static String digest(byte[] content) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(content);
            return HexFormat.of().formatHex(digest, 0, 12);
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
