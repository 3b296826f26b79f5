package dev.batchgate.terminal;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The wait for some ingestions to end, with what people see of it. For one thread. */
final class Follow {

    private static final Duration WAIT = Duration.ofSeconds(20);
    private static final Duration BETWEEN_SIDE_LOOKS = Duration.ofSeconds(15);

    private final Service service;
    private final Time time;
    private final Display display;
    private final List<Followed> all = new ArrayList<>();
    private @Nullable QueueReport queue;
    private long lookedAside;

    Follow(Service service, Time time, Display display) {
        this.service = service;
        this.time = time;
        this.display = display;
    }

    /** Waits until all of them have ended. */
    Exit untilEnded(List<String> ids) {
        ids.forEach(id -> all.add(new Followed(service, id)));
        Forecast forecast = new Forecast(time, sum().ended());
        lookAside(List.of());
        for (Followed one : all) {
            while (!one.report().hasEnded()) {
                show(forecast);
                one.look(WAIT);
                if (!one.report().hasEnded()) {
                    pause(one.pause());
                    lookAsideNowAndThen(one);
                }
            }
        }
        display.progress(sum().bar());
        display.end();
        display.say(sum().summary(all.size()));
        return all.stream().allMatch(one -> one.report().exit() == Exit.DONE) ? Exit.DONE : Exit.NOT_ALL_COMPLETED;
    }

    /** In the order in which they were accepted the first moves, as a rule; the others are looked at now and then. */
    private void lookAsideNowAndThen(Followed current) {
        if (time.nanos() - lookedAside >= BETWEEN_SIDE_LOOKS.toNanos()) {
            lookAside(all.stream()
                    .filter(one -> one != current && !one.report().hasEnded())
                    .toList());
        }
    }

    private void lookAside(List<Followed> others) {
        others.forEach(Followed::look);
        Answer answer = service.call(service.target().get("/queue"));
        // Who may not see the queue can still wait.
        queue = answer.isOk() ? QueueReport.of(answer) : null;
        lookedAside = time.nanos();
    }

    private void show(Forecast forecast) {
        List<IngestionReport> open = all.stream()
                .map(Followed::report)
                .filter(report -> !report.hasEnded())
                .toList();
        Optional<QueueReport> known = Optional.ofNullable(queue);
        String news = known.flatMap(QueueReport::standstill)
                .or(() -> Forecast.told(open)
                        .or(() -> known.flatMap(seen -> forecast.derived(open, sum().ended(), seen)))
                        .map(left -> "about " + Span.text(left) + " left"))
                .orElse("");
        display.progress(news.isEmpty() ? sum().bar() : sum().bar() + "  " + news);
    }

    private Tally sum() {
        return Tally.of(all.stream().map(Followed::report).toList());
    }

    private void pause(Duration pause) {
        try {
            time.sleep(pause);
        } catch (InterruptedException stopping) {
            Thread.currentThread().interrupt();
            throw Failure.gaveUp("Interrupted.");
        }
    }
}
