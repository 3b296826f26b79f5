package dev.batchgate.ingestion;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import dev.batchgate.ingestion.Listing.Listed;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** What has been accepted, a page at a time. */
@RestController
class ListingController {

    private static final int MOST = 100;
    private static final int USUAL = 50;
    private static final Pattern INTEGER = Pattern.compile("[0-9]{1,9}");

    private final Listing listing;
    private final IngestionService service;

    ListingController(Listing listing, IngestionService service) {
        this.listing = listing;
        this.service = service;
    }

    /**
     * Some consecutive ingestions.
     *
     * @param ingestions newest first, none of them with its batches
     * @param next what to give as {@code before} for those that follow; absent if there are none
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    @Schema(name = "Ingestions")
    record Page(
            @JsonProperty("ingestions") List<StatusView> ingestions,
            @JsonProperty("next") @Nullable UUID next) {}

    @Operation(
            summary =
                    "All ingestions that the key may see, newest first: each as its status shows it, without its batches")
    @ApiResponse(responseCode = "200", description = "A page of them; next leads to the one that follows")
    @ApiResponse(responseCode = "400", description = "limit breaks its rule, or before names none that there is")
    @GetMapping(path = "/ingestions", produces = MediaType.APPLICATION_JSON_VALUE)
    Page list(
            @Parameter(
                            description = "How many at most",
                            schema =
                                    @Schema(
                                            type = "integer",
                                            minimum = "1",
                                            maximum = "100",
                                            defaultValue = "" + USUAL))
                    @RequestParam(name = "limit", required = false)
                    @Nullable
                    String limit,
            @Parameter(
                            description = "Those alone that were accepted before this ingestion",
                            schema = @Schema(type = "string", format = "uuid"))
                    @RequestParam(name = "before", required = false)
                    @Nullable
                    String before) {
        int most = limit == null ? USUAL : limit(limit);
        // One more, to know whether there is.
        String owner = service.caller().onlyOwner();
        List<Listed> found = listing.before(before == null ? Listing.NEWEST : place(before, owner), owner, most + 1);
        List<Listed> page = found.subList(0, Math.min(most, found.size()));
        return new Page(
                page.stream().map(ListingController::view).toList(),
                found.size() > most ? page.get(most - 1).outline().id() : null);
    }

    private static StatusView view(Listed listed) {
        return StatusView.of(listed.outline(), listed.standing().flatMap(Forecast::of), null);
    }

    private static int limit(String limit) {
        int number = INTEGER.matcher(limit).matches() ? Integer.parseInt(limit) : 0;
        if (number < 1 || number > MOST) {
            throw Problem.badRequest("The limit must be an integer from 1 to %d.".formatted(MOST));
        }
        return number;
    }

    private long place(String before, @Nullable String owner) {
        Optional<Long> place;
        try {
            place = listing.place(UUID.fromString(before), owner);
        } catch (IllegalArgumentException malformed) {
            place = Optional.empty();
        }
        return place.orElseThrow(() -> Problem.badRequest(
                "There is no ingestion that before names, or none any more; without it, the newest come first."));
    }
}
