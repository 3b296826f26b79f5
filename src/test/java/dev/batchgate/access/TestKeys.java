package dev.batchgate.access;

/** Keys for tests, and what would be configured of each. */
final class TestKeys {

    static final String ADMIN = "the key of an admin";
    static final String ADMIN_DIGEST = "d15c3b008d96e434ae8ea765b03208531dd9da4335dcd3ab438c3665af5840bb";
    static final String ACME = "the key of acme";
    static final String ACME_DIGEST = "8edd55159a60b7887b0cbd4e55a951ea38a80e66dbd27c4b86a53a99cd55b8ac";
    static final String OTHER = "the key of somebody else";
    static final String OTHER_DIGEST = "a7d7e5f0bcd8f1bcf2fe23c98aad7829f84602257ee19ffe276fcfcfed18e833";
    static final String LIMITED = "the key of somebody limited";
    static final String LIMITED_DIGEST = "303650c403016460399515f5cc062488e47936a31d6e3ec21f9a4546bcd0260f";

    private TestKeys() {}

    /** The field that a key comes in, with its name. */
    static String[] with(String key, String... more) {
        String[] headers = new String[more.length + 2];
        headers[0] = "Authorization";
        headers[1] = "Bearer " + key;
        System.arraycopy(more, 0, headers, 2, more.length);
        return headers;
    }
}
