package dev.batchgate.upstream;

import dev.batchgate.ingestion.BatchgateProperties;
import dev.batchgate.ingestion.Upstream;
import java.time.Clock;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.format.annotation.DurationFormat;
import org.springframework.format.datetime.standard.DurationFormatterUtils;

@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(UpstreamProperties.class)
class UpstreamConfiguration {

    private static final Logger log = LoggerFactory.getLogger(UpstreamConfiguration.class);

    @Bean
    Upstream upstream(UpstreamProperties properties, BatchgateProperties gate, Clock clock) {
        String url = properties.url();
        if (url == null || url.isEmpty()) {
            log.warn(
                    "The upstream is SIMULATED: every batch takes {} and nothing is fetched."
                            + " Set batchgate.upstream.url (BATCHGATE_UPSTREAM_URL) to fetch for real.",
                    print(properties.simulatedLatency()));
            return new SimulatedUpstream(properties.simulatedLatency());
        }
        UrlTemplate template = new UrlTemplate(url);
        log.info("The upstream is {}, with a time-out of {}", template.origin(), print(properties.timeout()));
        return new HttpUpstream(template, properties, gate, clock);
    }

    private static String print(Duration duration) {
        return DurationFormatterUtils.print(duration, DurationFormat.Style.COMPOSITE);
    }
}
