package dev.batchgate.upstream;

import dev.batchgate.ingestion.IdOutcome;
import dev.batchgate.ingestion.StartRefused;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.apache.hc.client5.http.HttpRoute;
import org.apache.hc.client5.http.classic.methods.HttpGet;
import org.apache.hc.client5.http.impl.routing.DefaultRoutePlanner;
import org.apache.hc.client5.http.protocol.HttpClientContext;
import org.apache.hc.client5.http.routing.RoutingSupport;
import org.apache.hc.core5.http.HttpException;

/** The URL of the upstream with a place for the ids. */
final class UrlTemplate {

    private static final String ID = "{id}";
    private static final String IDS = "{ids}";
    private static final Pattern PLACE = Pattern.compile("\\{ids?}");
    private static final int MOST_PORT = 65_535;

    private final String template;

    /** Throws {@link StartRefused}, without the URL, which may hold secrets, if no id could be fetched with it. */
    UrlTemplate(String template) {
        this.template = template;
        check(PLACE.matcher(template).results().count() == 1, "needs {id} or {ids}, once");
        URI uri = parse(fill("1"));
        String scheme = String.valueOf(uri.getScheme());
        check(scheme.equalsIgnoreCase("http") || scheme.equalsIgnoreCase("https"), "must be an http or https URL");
        check(uri.getRawAuthority() != null, "names no host");
        check(uri.getRawUserInfo() == null, "names a user, whose place is in a header");
        check(uri.getRawAuthority().equals(parse(fill("2")).getRawAuthority()), "needs its ids in the path or query");
        check(
                uri.getHost() != null,
                "names a host that is not valid: letters, digits, hyphens and dots, or an address");
        check(uri.getPort() != 0 && uri.getPort() <= MOST_PORT, "names a port that is not from 1 to " + MOST_PORT);
        check(uri.getRawFragment() == null, "has a fragment, which is never sent");
    }

    /** Whether it takes one request for every id; otherwise one for all ids of a batch. */
    boolean requestPerId() {
        return template.contains(ID);
    }

    /** The requests that fetch these ids, in their order. */
    List<Target> targets(List<Long> ids) {
        if (requestPerId()) {
            return ids.stream()
                    .map(id -> new Target(List.of(id), false, URI.create(fill(id.toString()))))
                    .toList();
        }
        String all = ids.stream().map(String::valueOf).collect(Collectors.joining(","));
        return List.of(new Target(ids, true, URI.create(fill(all))));
    }

    /** Scheme, host and port; the rest may hold secrets and is not for a log. */
    String origin() {
        URI uri = URI.create(fill("1"));
        return uri.getScheme() + "://" + uri.getHost() + (uri.getPort() < 0 ? "" : ":" + uri.getPort());
    }

    /** The way to the host, as the client finds it for each request. */
    HttpRoute route() {
        HttpGet any = new HttpGet(fill("1"));
        try {
            return new DefaultRoutePlanner(null)
                    .determineRoute(RoutingSupport.determineHost(any), any, HttpClientContext.create());
        } catch (HttpException impossible) {
            throw new IllegalStateException("the URL was checked", impossible);
        }
    }

    private String fill(String ids) {
        return template.replace(ID, ids).replace(IDS, ids);
    }

    private static URI parse(String url) {
        try {
            return new URI(url);
        } catch (URISyntaxException invalid) {
            throw refused("is not a URL: " + invalid.getReason());
        }
    }

    private static void check(boolean sound, String otherwise) {
        if (!sound) {
            throw refused(otherwise);
        }
    }

    private static StartRefused refused(String problem) {
        return new StartRefused(
                "batchgate.upstream.url (BATCHGATE_UPSTREAM_URL) " + problem
                        + ". Its value is not shown: it may be secret.",
                "Set it to an http or https URL like https://api.example/items/{id}, for one request an id, or"
                        + " https://api.example/items?ids={ids}, for one request a batch.");
    }

    /**
     * One request.
     *
     * @param ids what it fetches
     * @param together whether its answer is for a list of ids, even if that is of one; else for the only one
     */
    record Target(List<Long> ids, boolean together, URI uri) {

        Target {
            ids = List.copyOf(ids);
        }

        /** What an answer is for each of the ids. */
        List<IdOutcome> outcomes(Answer answer, long maxBytesPerId) {
            return together ? BatchAnswer.outcomes(ids, answer, maxBytesPerId) : List.of(answer.outcome());
        }
    }
}
