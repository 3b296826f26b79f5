package dev.batchgate.stream;

import dev.batchgate.ingestion.Changes;
import dev.batchgate.ingestion.DispatchLog;
import dev.batchgate.ingestion.IngestionService;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import org.apache.coyote.AbstractProtocol;
import org.springframework.boot.tomcat.servlet.TomcatServletWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import tools.jackson.databind.json.JsonMapper;

@Configuration(proxyBeanMethods = false)
class StreamConfiguration {

    /** Shorter than what proxies take for the end of a connection. */
    private static final Duration HEARTBEAT = Duration.ofSeconds(15);

    @Bean
    LongPolls longPolls(IngestionService ingestions, Changes changes) {
        LongPolls polls = new LongPolls(ingestions);
        changes.watch(polls);
        return polls;
    }

    @Bean
    StreamThreads streamThreads() {
        return new StreamThreads(HEARTBEAT);
    }

    @Bean
    StatusStreams statusStreams(IngestionService ingestions, JsonMapper json, StreamThreads threads, Changes changes) {
        StatusStreams streams = new StatusStreams(ingestions, json, threads);
        changes.watch(streams);
        return streams;
    }

    @Bean
    QueueStreams queueStreams(
            IngestionService ingestions,
            DispatchLog dispatches,
            JsonMapper json,
            Clock clock,
            StreamThreads threads,
            Changes changes) {
        QueueStreams streams = new QueueStreams(ingestions, dispatches, json, clock, threads);
        changes.watch(streams);
        return streams;
    }

    @Bean
    StreamRoom streamRoom(StatusStreams statuses, QueueStreams queue) {
        return new StreamRoom(
                StreamRoom.inHeap(Runtime.getRuntime().maxMemory()), List.of(statuses::endAll, queue::endAll));
    }

    @Bean
    MeterBinder openStreams(StreamRoom room) {
        return registry -> Gauge.builder("batchgate.streams.open", room, StreamRoom::open)
                .description("Clients that follow events")
                .register(registry);
    }

    /** Beside those that there are for everything else ({@code server.tomcat.max-connections}). */
    @Bean
    WebServerFactoryCustomizer<TomcatServletWebServerFactory> connectionsForStreams() {
        return tomcat -> tomcat.addConnectorCustomizers(connector -> {
            AbstractProtocol<?> protocol = (AbstractProtocol<?>) connector.getProtocolHandler();
            int streams = StreamRoom.inHeap(Runtime.getRuntime().maxMemory());
            protocol.setMaxConnections(protocol.getMaxConnections() + streams);
        });
    }
}
