package dev.batchgate.terminal;

import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;

/**
 * A list of ids on its way to the service, chunk by chunk. The thread that says farewell reads how far it is.
 */
final class Submission {

    private final Service service;
    private final Display display;
    private final Output out;
    private final List<Chunk> chunks;
    private final String prefix;
    private final List<String> accepted = new ArrayList<>();
    private volatile int handedIn;
    private boolean isUnwritable;

    /** @param prefix what tells it from the same ids handed in for another purpose */
    Submission(Service service, Display display, Output out, List<Chunk> chunks, String prefix) {
        this.service = service;
        this.display = display;
        this.out = out;
        this.chunks = chunks;
        this.prefix = prefix;
    }

    /** Hands all of it in, and prints the id of each ingestion as soon as it is known. */
    List<String> send() {
        for (Chunk chunk : chunks) {
            String id = send(chunk);
            accepted.add(id);
            handedIn = accepted.size();
            tell(id);
        }
        return accepted;
    }

    /** What to say if it is broken off now. */
    String farewell() {
        int done = handedIn;
        return done == chunks.size()
                ? "The work stays queued. To go on following: the same command again, or 'follow' with the ids."
                : "%d of %d ingestions have been handed in. The same command again goes on where this ended."
                        .formatted(done, chunks.size());
    }

    /** Whether somebody missed ids on standard output. */
    boolean isUnwritable() {
        return isUnwritable;
    }

    private String send(Chunk chunk) {
        Answer answer = service.call(
                service.target().order("POST", "/ingest", chunk.body()).header("Idempotency-Key", chunk.key(prefix)));
        if (answer.isInvalid()) {
            throw Failure.refused(complaint(answer, chunk));
        }
        String id = answer.orRefuse().json().path("ingestion_id").asString("");
        if (id.isEmpty()) {
            throw Failure.refused("The answer is not Batchgate's: is the URL right?");
        }
        return id;
    }

    /** What the service says of it, in terms of what was typed. */
    private String complaint(Answer answer, Chunk chunk) {
        StringBuilder complaint = new StringBuilder(answer.describe());
        boolean isOneId = false;
        for (JsonNode error : answer.problem().path("errors")) {
            String[] pointer = error.path("pointer").asString("").split("/", -1);
            if (pointer.length == 3 && pointer[2].matches("\\d{1,9}")) {
                int index = Integer.parseInt(pointer[2]);
                isOneId = true;
                if (index < chunk.ids().length) {
                    complaint.append("%n  That is %d.".formatted(chunk.ids()[index]));
                }
            }
        }
        if (!isOneId) {
            complaint.append("%nIf these are too many ids for it at once, split smaller than %d: --max-ids 1000"
                    .formatted(chunk.ids().length));
        }
        if (handedIn > 0) {
            complaint.append("%n%d of %d ingestions had been handed in before.".formatted(handedIn, chunks.size()));
        }
        return complaint.toString();
    }

    /** Half a submission because of a closed pipe would help nobody: it goes on, and says the ids elsewhere. */
    private void tell(String id) {
        if (!isUnwritable) {
            try {
                out.line(id);
                return;
            } catch (Failure closed) {
                isUnwritable = true;
                display.say("Standard output cannot be written; the ids are:");
                accepted.forEach(display::say);
                return;
            }
        }
        display.say(id);
    }
}
