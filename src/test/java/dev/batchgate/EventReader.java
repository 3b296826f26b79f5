package dev.batchgate;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A client that follows server-sent events, on a thread of its own, until they end or it has had enough. */
public final class EventReader implements AutoCloseable {

    private static final JsonMapper JSON = new JsonMapper();
    private static final HttpClient CLIENT =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    private final List<Event> events = new CopyOnWriteArrayList<>();
    private final List<String> comments = new CopyOnWriteArrayList<>();
    private final HttpResponse<Stream<String>> answer;
    private final CompletableFuture<Void> ended;

    /**
     * One event.
     *
     * @param id empty if it has none
     * @param at when it came, of the clock that only goes forward
     */
    public record Event(String id, String name, String data, long at) {
        public JsonNode json() {
            return JSON.readTree(data);
        }

        public long number() {
            return Long.parseLong(id);
        }
    }

    public EventReader(int port, String path, String... headers) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                .header("Accept", "text/event-stream");
        try {
            answer = CLIENT.send(
                    headers.length == 0
                            ? request.build()
                            : request.headers(headers).build(),
                    HttpResponse.BodyHandlers.ofLines());
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw new AssertionError(stopped);
        }
        ended = CompletableFuture.runAsync(this::read, task -> {
            Thread reader = new Thread(task, "event reader");
            reader.setDaemon(true);
            reader.start();
        });
    }

    private void read() {
        StringBuilder[] parts = {new StringBuilder(), new StringBuilder(), new StringBuilder()};
        try {
            answer.body().forEach(line -> take(line, parts[0], parts[1], parts[2]));
        } catch (UncheckedIOException cutOff) {
            // As when it ends.
        }
    }

    private void take(String line, StringBuilder id, StringBuilder name, StringBuilder data) {
        if (line.startsWith("id: ")) {
            id.append(line.substring(4));
        } else if (line.startsWith("event: ")) {
            name.append(line.substring(7));
        } else if (line.startsWith("data: ")) {
            data.append(line.substring(6));
        } else if (line.startsWith(":")) {
            comments.add(line);
        } else if (line.isEmpty() && data.length() > 0) {
            events.add(new Event(id.toString(), name.toString(), data.toString(), System.nanoTime()));
            id.setLength(0);
            name.setLength(0);
            data.setLength(0);
        }
    }

    public int status() {
        return answer.statusCode();
    }

    public String header(String name) {
        return answer.headers().firstValue(name).orElse("");
    }

    public List<Event> events() {
        return events;
    }

    /** Those of that name. */
    public List<Event> events(String name) {
        return events.stream().filter(event -> event.name().equals(name)).toList();
    }

    public Event last() {
        return events.get(events.size() - 1);
    }

    public List<String> comments() {
        return comments;
    }

    public boolean hasEnded() {
        return ended.isDone();
    }

    @Override
    public void close() {
        // Ends the exchange, and with it the reading.
        answer.body().close();
        ended.cancel(true);
    }
}
