package dev.batchgate.access;

/**
 * What a browser is let in with after a log-in.
 *
 * @param key that it logged in with
 * @param token that it has to send along with orders, to show that they come from our page
 */
record Session(ApiKey key, String token) {}
