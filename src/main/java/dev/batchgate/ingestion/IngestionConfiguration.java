package dev.batchgate.ingestion;

import java.time.Clock;
import java.time.Instant;
import java.util.List;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.format.annotation.DurationFormat;
import org.springframework.format.datetime.standard.DurationFormatterUtils;
import org.springframework.scheduling.annotation.EnableScheduling;
import org.springframework.scheduling.concurrent.ThreadPoolTaskScheduler;
import org.springframework.web.method.support.HandlerMethodArgumentResolver;
import org.springframework.web.servlet.HandlerExceptionResolver;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;
import tools.jackson.databind.JacksonModule;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.module.SimpleModule;

@Configuration(proxyBeanMethods = false)
@EnableScheduling
@EnableConfigurationProperties({BatchgateProperties.class, RetryProperties.class})
class IngestionConfiguration {

    @Bean
    Clock clock() {
        return Clock.systemUTC();
    }

    @Bean
    Changes changes() {
        return new Changes();
    }

    @Bean
    Telemetry telemetry() {
        return new Telemetry();
    }

    @Bean
    IngestionService ingestionService(
            BatchQueue queue,
            Orders orders,
            Clock clock,
            GracefulStop stop,
            ObjectProvider<Caller.Source> callers,
            ObjectProvider<Traceparents.Source> traces,
            Telemetry telemetry,
            BatchgateProperties properties) {
        return new IngestionService(
                queue,
                orders,
                new IngestionIds(clock),
                stop,
                callers.getIfAvailable(() -> () -> Caller.ANYBODY),
                traces.getIfAvailable(() -> () -> null),
                telemetry,
                properties);
    }

    @Bean
    WebMvcConfigurer submissionReader(JsonMapper json) {
        return new WebMvcConfigurer() {
            @Override
            public void addArgumentResolvers(List<HandlerMethodArgumentResolver> resolvers) {
                resolvers.add(new SubmissionReader(json));
            }
        };
    }

    @Bean
    JacksonModule times() {
        return new SimpleModule("times").addSerializer(Instant.class, new TimeWriter());
    }

    @Bean
    Answering answering(@Qualifier("handlerExceptionResolver") HandlerExceptionResolver problems) {
        return new Answering(problems);
    }

    @Bean
    GracefulStop gracefulStop(
            Dispatcher dispatcher, @Qualifier(Dispatcher.SCHEDULER) ThreadPoolTaskScheduler dispatchScheduler) {
        return new GracefulStop(dispatcher, dispatchScheduler.getScheduledExecutor());
    }

    @Bean
    Dispatcher dispatcher(BatchQueue queue, Upstream upstream, Telemetry telemetry, BatchgateProperties properties) {
        LoggerFactory.getLogger(Dispatcher.class)
                .info(
                        "One batch of up to {} ids every {}, at most {} in flight",
                        properties.batchSize(),
                        DurationFormatterUtils.print(properties.interval(), DurationFormat.Style.COMPOSITE),
                        properties.maxInFlight());
        return new Dispatcher(queue, upstream, telemetry, System::nanoTime, Dispatcher::pauseForASecond);
    }

    @Bean
    DispatcherHealth dispatcherHealthIndicator(Dispatcher dispatcher, BatchQueue queue) {
        return new DispatcherHealth(dispatcher, queue);
    }

    /**
     * A platform thread for the dispatcher alone, whatever {@code spring.threads.virtual.enabled} says: virtual threads
     * run hundreds of milliseconds late under load. Not a candidate for anything else that is scheduled, which would
     * wait behind a dispatcher that waits for work.
     */
    @Bean(name = Dispatcher.SCHEDULER, defaultCandidate = false)
    ThreadPoolTaskScheduler dispatchScheduler() {
        ThreadPoolTaskScheduler scheduler = new ThreadPoolTaskScheduler();
        scheduler.setThreadNamePrefix("dispatcher-");
        // Stopping waits politely for running tasks unless told otherwise, and the dispatcher's never ends by itself.
        scheduler.setAcceptTasksAfterContextClose(true);
        scheduler.setAwaitTerminationSeconds(1);
        return scheduler;
    }
}
