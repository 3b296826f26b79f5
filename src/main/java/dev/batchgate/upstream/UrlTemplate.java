package dev.batchgate.upstream;

import java.net.URI;
import java.util.List;
import java.util.stream.Collectors;

/** The URL of the upstream with a place for the ids. */
final class UrlTemplate {

    private static final String ID = "{id}";
    private static final String IDS = "{ids}";

    private final String template;

    UrlTemplate(String template) {
        this.template = template;
        fill("1");
    }

    /** Whether it takes one request for every id; otherwise one for all ids of a batch. */
    boolean requestPerId() {
        return template.contains(ID);
    }

    /** The requests that fetch these ids, in their order. */
    List<Target> targets(List<Long> ids) {
        if (requestPerId()) {
            return ids.stream()
                    .map(id -> new Target("id " + id, fill(id.toString())))
                    .toList();
        }
        String all = ids.stream().map(String::valueOf).collect(Collectors.joining(","));
        return List.of(new Target("ids " + all, fill(all)));
    }

    /** Scheme, host and port; the rest may hold secrets and is not for a log. */
    String origin() {
        URI uri = fill("1");
        return uri.getScheme() + "://" + uri.getHost() + (uri.getPort() < 0 ? "" : ":" + uri.getPort());
    }

    private URI fill(String ids) {
        return URI.create(template.replace(ID, ids).replace(IDS, ids));
    }

    /**
     * One request.
     *
     * @param subject what it fetches, for error messages
     */
    record Target(String subject, URI uri) {}
}
