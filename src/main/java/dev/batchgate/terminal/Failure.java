package dev.batchgate.terminal;

/** Why a command could not go on, in words for whoever typed it. */
final class Failure extends RuntimeException {

    private static final long serialVersionUID = 1;

    private final Exit exit;

    private Failure(Exit exit, String message) {
        super(message);
        this.exit = exit;
    }

    static Failure badInput(String message) {
        return new Failure(Exit.BAD_INPUT, message);
    }

    static Failure refused(String message) {
        return new Failure(Exit.REFUSED, message);
    }

    /** @param message empty where nobody is left to read it */
    static Failure gaveUp(String message) {
        return new Failure(Exit.GAVE_UP, message);
    }

    Exit exit() {
        return exit;
    }

    String text() {
        String message = getMessage();
        return message == null ? "" : message;
    }
}
