package dev.batchgate.results;

import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import tools.jackson.core.StreamWriteFeature;
import tools.jackson.databind.ObjectWriter;
import tools.jackson.databind.SequenceWriter;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * An answer that is written line by line. Nothing but {@link #end} ends it, so that one that is given up does not look
 * as if it were whole. For one thread.
 */
final class LineWriter {

    /** Not the application's own, which may be told to spread a value over several lines. */
    private static final ObjectWriter JSON = new JsonMapper()
            .writerFor(Line.class)
            .without(SerializationFeature.FLUSH_AFTER_WRITE_VALUE)
            .without(StreamWriteFeature.FLUSH_PASSED_TO_STREAM);

    private final Writer out;
    private final SequenceWriter lines;
    private final Layout layout;

    LineWriter(Layout layout, OutputStream body) throws IOException {
        this.out = new OutputStreamWriter(body, StandardCharsets.UTF_8);
        this.lines = JSON.withRootValueSeparator(layout.separator()).writeValues(out);
        this.layout = layout;
        out.write(layout.opening());
    }

    void write(Line line) {
        lines.write(line);
    }

    void end() throws IOException {
        lines.flush();
        out.write(layout.closing());
        out.flush();
    }
}
