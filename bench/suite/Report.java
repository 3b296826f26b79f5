package suite;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;

/** What is printed, and kept: tables, and how what was measured stands to what is aimed at. */
final class Report {

    private final StringBuilder text = new StringBuilder();
    private final Path file;

    Report(Path file) throws Exception {
        this.file = file;
        add("Measured on %s: %s, %d processors, %s MB; JDK %s; %s; load before %s%n".formatted(
                LocalDate.now(),
                read("/proc/cpuinfo", "model name"),
                Runtime.getRuntime().availableProcessors(),
                read("/proc/meminfo", "MemTotal").replaceAll("\\d{3} kB", ""),
                Runtime.version(),
                Files.readString(Path.of("/proc/sys/kernel/ostype")).trim() + " "
                        + Files.readString(Path.of("/proc/sys/kernel/osrelease")).trim(),
                Files.readString(Path.of("/proc/loadavg")).split(" ")[0]));
    }

    void add(String paragraph) throws IOException {
        System.out.println(paragraph);
        text.append(paragraph).append('\n');
        Files.writeString(file, text);
    }

    /** @param relation {@code >=} or {@code <=} */
    void bar(String what, double measured, String relation, double aim) {
        bar(what, measured, "", relation, aim);
    }

    /** The median counts; how far the rounds lie apart is told beside it. */
    void bar(String what, double[] sorted, String relation, double aim) {
        if (sorted.length == 0) {
            throw new IllegalArgumentException("nothing was measured of " + what);
        }
        String range = " (%s to %s)".formatted(Table.number(sorted[0]), Table.number(sorted[sorted.length - 1]));
        bar(what, sorted[sorted.length / 2], sorted.length == 1 ? "" : range, relation, aim);
    }

    private void bar(String what, double measured, String range, String relation, double aim) {
        boolean met = relation.equals(">=") ? measured >= aim : measured <= aim;
        try {
            add("- %s: %s%s, aim %s %s: %s".formatted(
                    what, Table.number(measured), range, relation, Table.number(aim), met ? "met" : "**missed**"));
        } catch (IOException unwritable) {
            throw new UncheckedIOException(unwritable);
        }
    }

    private static String read(String from, String field) throws IOException {
        return Files.readAllLines(Path.of(from)).stream()
                .filter(line -> line.startsWith(field))
                .map(line -> line.substring(line.indexOf(':') + 1).trim())
                .findFirst()
                .orElse("?");
    }
}
