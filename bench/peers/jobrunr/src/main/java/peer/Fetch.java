package peer;

import java.util.List;
import org.jobrunr.jobs.lambdas.JobRequest;
import org.jobrunr.jobs.lambdas.JobRequestHandler;
import org.springframework.stereotype.Component;

/**
 * The job of an ingestion. Its priority is only kept: jobs of the open-source edition run in the order of their arrival.
 */
public record Fetch(List<Integer> ids, String priority) implements JobRequest {

    @Override
    public Class<Handler> getJobRequestHandler() {
        return Handler.class;
    }

    /** Public, since JobRunr calls it by reflection. */
    @Component
    public static class Handler implements JobRequestHandler<Fetch> {

        @Override
        public void run(Fetch fetch) throws InterruptedException {
            for (int i = 0; i < fetch.ids().size(); i += 3) {
                Thread.sleep(5000); // fetching is left out, since what is measured is accepting
            }
        }
    }
}
