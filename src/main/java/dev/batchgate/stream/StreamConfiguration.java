package dev.batchgate.stream;

import dev.batchgate.ingestion.Changes;
import dev.batchgate.ingestion.IngestionService;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

@Configuration(proxyBeanMethods = false)
class StreamConfiguration {

    @Bean
    LongPolls longPolls(IngestionService ingestions, Changes changes) {
        LongPolls polls = new LongPolls(ingestions);
        changes.watch(polls);
        return polls;
    }
}
