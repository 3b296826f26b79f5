package dev.batchgate.upstream;

import dev.batchgate.ingestion.BatchgateProperties;
import dev.batchgate.ingestion.Upstream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(UpstreamProperties.class)
class UpstreamConfiguration {

    private static final Logger log = LoggerFactory.getLogger(UpstreamConfiguration.class);

    @Bean
    Upstream upstream(UpstreamProperties properties, BatchgateProperties gate) {
        String url = properties.url();
        if (url == null || url.isEmpty()) {
            log.warn(
                    "The upstream is SIMULATED: every batch takes {} and nothing is fetched."
                            + " Set batchgate.upstream.url (BATCHGATE_UPSTREAM_URL) to fetch for real.",
                    properties.simulatedLatency());
            return new SimulatedUpstream(properties.simulatedLatency());
        }
        UrlTemplate template = new UrlTemplate(url);
        log.info("The upstream is {}, with a time-out of {}", template.origin(), properties.timeout());
        int atOnce = gate.maxInFlight() * (template.requestPerId() ? gate.batchSize() : 1);
        return new HttpUpstream(template, properties.headers(), properties.timeout(), atOnce);
    }
}
