package dev.batchgate.terminal;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.stream.LongStream;

/**
 * Ids read from a file, one a line. Blank lines and those that begin with {@code #} are for people. However long a line
 * is, no more of it is held than an id could have.
 */
final class IdList {

    private static final int LONGEST_LINE = 80;
    private static final int LONGEST_ID = 18;
    private static final String MARK = "\ufeff";
    private static final String STANDARD_INPUT = "-";
    private static final int BUFFER = 1 << 16;

    private final InputStream in;
    private final String name;
    private final long greatest;
    private long line;
    private int pending = -1;

    private IdList(InputStream in, String name, long greatest) {
        this.in = in;
        this.name = name;
        this.greatest = greatest;
    }

    /**
     * Reads all of them.
     *
     * @param file or {@code -} for standard input
     */
    static long[] of(String file, InputStream standardInput, long greatest) {
        boolean isStandardInput = file.equals(STANDARD_INPUT);
        String name = isStandardInput ? "standard input" : Plain.text(file);
        try (InputStream in = isStandardInput ? standardInput : Files.newInputStream(Path.of(file))) {
            long[] ids = new IdList(new BufferedInputStream(in, BUFFER), name, greatest).ids();
            if (ids.length == 0) {
                throw Failure.badInput("There are no ids in %s.".formatted(name));
            }
            return ids;
        } catch (NoSuchFileException missing) {
            throw Failure.badInput("There is no file %s.".formatted(name));
        } catch (IOException | InvalidPathException unreadable) {
            String reason = Plain.text(String.valueOf(unreadable.getMessage()));
            throw Failure.badInput("%s cannot be read: %s".formatted(name, reason));
        }
    }

    private long[] ids() throws IOException {
        LongStream.Builder ids = LongStream.builder();
        pending = in.read();
        while (pending >= 0) {
            line++;
            String text = nextLine();
            // Editors put it at the beginning to say that it is UTF-8.
            String id = (line == 1 && text.startsWith(MARK) ? text.substring(1) : text).strip();
            if (!id.isEmpty() && !id.startsWith("#")) {
                ids.add(checked(id));
            }
        }
        return ids.build().toArray();
    }

    /** Up to LF, CR or both. */
    private String nextLine() throws IOException {
        ByteArrayOutputStream text = new ByteArrayOutputStream();
        boolean isLonger = false;
        for (; pending >= 0 && pending != '\n' && pending != '\r'; pending = in.read()) {
            boolean isBlank = pending == ' ' || pending == '\t';
            if (text.size() == LONGEST_LINE) {
                isLonger |= !isBlank;
            } else if (text.size() > 0 || !isBlank) {
                text.write(pending);
            }
        }
        skipLineEnd();
        return text.toString(StandardCharsets.UTF_8) + (isLonger ? "..." : "");
    }

    private void skipLineEnd() throws IOException {
        int end = pending;
        pending = end < 0 ? end : in.read();
        if (end == '\r' && pending == '\n') {
            pending = in.read();
        }
    }

    private long checked(String id) {
        boolean isNumber = id.length() <= LONGEST_ID
                && id.charAt(0) != '0'
                && id.chars().allMatch(character -> character >= '0' && character <= '9');
        if (!isNumber || Long.parseLong(id) > greatest) {
            throw Failure.badInput("%s, line %d: '%s' is not an integer from 1 to %d. Nothing has been sent."
                    .formatted(name, line, Plain.text(id), greatest));
        }
        return Long.parseLong(id);
    }
}
