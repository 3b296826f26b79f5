package dev.batchgate.terminal;

/** What a command ends with, for scripts. */
enum Exit {
    /** It was done; what was waited for has completed. */
    DONE(0),
    /** What was asked about or waited for has ended, and some of it failed or was cancelled. */
    NOT_ALL_COMPLETED(1),
    /** The command, or a line of its input, makes no sense; nothing was sent. */
    BAD_INPUT(2),
    /** The service refused, or does not know it. */
    REFUSED(3),
    /** The service cannot be reached, patience ran out, or an answer was broken off or could not be written. */
    GAVE_UP(4);

    private final int code;

    Exit(int code) {
        this.code = code;
    }

    int code() {
        return code;
    }
}
