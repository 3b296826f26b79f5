package dev.batchgate.webhook;

import dev.batchgate.ingestion.Backoff;
import dev.batchgate.ingestion.DeliveryWatcher;
import dev.batchgate.ingestion.Outbox;
import java.security.SecureRandom;
import java.time.Clock;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import tools.jackson.databind.json.JsonMapper;

@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(WebhookProperties.class)
class WebhookConfiguration {

    @Bean
    Signer webhookSigner(WebhookProperties properties) {
        return new Signer(properties.secrets());
    }

    @Bean
    AddressRule webhookAddresses(WebhookProperties properties) {
        if (properties.allowPrivateAddresses()) {
            LoggerFactory.getLogger(AddressRule.class)
                    .warn("Whoever may hand in ids can have requests sent to any address that this host reaches"
                            + " (batchgate.webhook.allow-private-addresses).");
        }
        return new AddressRule(properties);
    }

    @Bean
    CallbackRule callbacks(Signer signer, AddressRule addresses) {
        return new CallbackRule(signer, addresses);
    }

    @Bean
    Courier courier(
            Outbox outbox,
            Signer signer,
            AddressRule addresses,
            JsonMapper json,
            Clock clock,
            ObjectProvider<DeliveryWatcher> watchers,
            WebhookProperties properties) {
        Post post = new Post(WebhookClient.create(addresses, properties), signer, json, clock, properties.timeout());
        Judge judge = new Judge(properties, Backoff.fullJitter(new SecureRandom()));
        return new Courier(outbox, post, judge, watchers.orderedStream().toList(), properties, System::nanoTime);
    }
}
