package dev.batchgate.ingestion;

import org.jspecify.annotations.Nullable;

/**
 * What was fetched for one id.
 *
 * @param contentType as the upstream named it; null if it did not, or where it says no more than the form
 * @param text in the form's way of writing it
 */
public record Data(Form form, @Nullable String contentType, String text) {

    /** No content, which is an answer too. */
    public static final Data NONE = json("null");

    /** How the text is to be read; stored by name. */
    public enum Form {
        /** One JSON value on one line. */
        JSON,
        /** Text as it is. */
        TEXT,
        /** Bytes, in Base64 (RFC 4648, section 4). */
        BINARY
    }

    /**
     * A JSON value.
     *
     * @param text well-formed and without line breaks
     */
    public static Data json(String text) {
        return new Data(Form.JSON, null, text);
    }
}
