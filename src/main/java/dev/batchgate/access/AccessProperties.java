package dev.batchgate.access;

import java.util.List;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Who may use the service.
 *
 * @param apiKeys the keys there are; default none: everybody may do everything. In one variable,
 *     {@code name:role:sha256}, separated by commas
 */
@ConfigurationProperties("batchgate")
record AccessProperties(@DefaultValue List<ConfiguredKey> apiKeys) {

    AccessProperties {
        apiKeys = List.copyOf(apiKeys);
    }
}
