package dev.batchgate;

import java.io.IOException;
import java.io.InputStream;
import java.net.SocketException;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** The head of a request, as servers of tests read it off a connection. */
public final class HttpHead {

    private HttpHead() {}

    /** Its fields, up to the empty line, by their names in small letters. */
    public static Map<String, String> fields(InputStream in) throws IOException {
        Map<String, String> fields = new TreeMap<>();
        for (String field = line(in); !field.isEmpty(); field = line(in)) {
            String[] parts = field.split(":", 2);
            fields.put(parts[0].toLowerCase(Locale.ROOT), parts[1].strip());
        }
        return fields;
    }

    public static String line(InputStream in) throws IOException {
        StringBuilder line = new StringBuilder();
        for (int next = in.read(); next != '\n'; next = in.read()) {
            if (next < 0) {
                throw new SocketException("closed by the client");
            }
            if (next != '\r') {
                line.append((char) next);
            }
        }
        return line.toString();
    }
}
