package dev.batchgate.access;

import dev.batchgate.ingestion.ProblemWriter;
import org.slf4j.LoggerFactory;
import org.springframework.boot.ApplicationRunner;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Configuration;

@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(AccessProperties.class)
class AccessConfiguration {

    @Bean
    CrossSite crossSite(ProblemWriter problems) {
        return new CrossSite(problems);
    }

    @Bean
    @Conditional(KeysConfigured.Not.class)
    ApplicationRunner openToEverybody() {
        return arguments -> LoggerFactory.getLogger(AccessConfiguration.class)
                .warn("No API keys are configured: whoever reaches this service may submit, read, cancel and pause."
                        + " To change that, make a key with: java -jar batchgate.jar new-key --name NAME --role admin");
    }
}
