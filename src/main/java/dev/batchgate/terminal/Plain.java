package dev.batchgate.terminal;

/** Text from elsewhere, made fit for a terminal: on one line, and without characters that command it. */
final class Plain {

    private static final int LONGEST = 300;

    private Plain() {}

    static String text(String foreign) {
        StringBuilder plain = new StringBuilder();
        foreign.codePoints()
                .limit(LONGEST)
                .map(character -> Character.isISOControl(character) ? '?' : character)
                .forEach(plain::appendCodePoint);
        return foreign.codePointCount(0, foreign.length()) > LONGEST
                ? plain.append("...").toString()
                : plain.toString();
    }
}
