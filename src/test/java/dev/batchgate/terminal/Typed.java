package dev.batchgate.terminal;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A command as if it had been typed, with what it printed. */
final class Typed {

    private final MovedTime time = new MovedTime();
    private final ByteArrayOutputStream printed = new ByteArrayOutputStream();
    private final ByteArrayOutputStream said = new ByteArrayOutputStream();
    private InputStream in = InputStream.nullInputStream();
    private OutputStream out = printed;
    private boolean isTerminal;
    private Duration longestSilence = Duration.ofMinutes(1);
    private Map<String, String> environment = Map.of();

    Typed standardInput(String text) {
        in = new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8));
        return this;
    }

    Typed into(OutputStream elsewhere) {
        out = elsewhere;
        return this;
    }

    Typed onTerminal() {
        isTerminal = true;
        return this;
    }

    Typed silence(Duration longest) {
        longestSilence = longest;
        return this;
    }

    Typed environment(Map<String, String> variables) {
        environment = variables;
        return this;
    }

    /** Runs it against a service; returns its exit code. */
    int run(FakeService service, String... arguments) {
        List<String> all = new ArrayList<>(List.of(arguments));
        all.add("--url=" + service.url());
        return run(all.toArray(String[]::new));
    }

    int run(String... arguments) {
        PrintStream err = new PrintStream(said, true, StandardCharsets.UTF_8);
        return Terminal.run(
                new Surroundings(in, out, err, () -> isTerminal, environment, time, () -> 1.0, longestSilence),
                arguments);
    }

    MovedTime time() {
        return time;
    }

    String out() {
        return printed.toString(StandardCharsets.UTF_8);
    }

    String err() {
        return said.toString(StandardCharsets.UTF_8);
    }
}
