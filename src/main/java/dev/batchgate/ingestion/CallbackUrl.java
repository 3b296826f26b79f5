package dev.batchgate.ingestion;

/**
 * Where the end of an ingestion is to be told.
 *
 * @param text the URL as the client wrote it; it may hold a secret
 */
record CallbackUrl(String text) {

    @Override
    public String toString() {
        return "a callback URL";
    }
}
