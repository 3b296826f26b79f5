package dev.batchgate.edge;

import dev.batchgate.ingestion.BatchgateProperties;
import org.apache.catalina.core.StandardHost;
import org.apache.coyote.http11.AbstractHttp11Protocol;
import org.springframework.boot.tomcat.servlet.TomcatServletWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import tools.jackson.databind.json.JsonMapper;

@Configuration(proxyBeanMethods = false)
class EdgeConfiguration {

    @Bean
    ProblemWriter problemWriter(JsonMapper json) {
        return new ProblemWriter(json);
    }

    @Bean
    BodyLimit bodyLimit(BatchgateProperties properties, ProblemWriter problems) {
        return new BodyLimit(properties.maxBodyBytes(), problems);
    }

    @Bean
    WebServerFactoryCustomizer<TomcatServletWebServerFactory> edge(
            BatchgateProperties properties, ProblemWriter problems) {
        return tomcat -> {
            tomcat.addContextCustomizers(context -> {
                StandardHost host = (StandardHost) context.getParent();
                host.getPipeline().addValve(new ProblemValve(problems));
            });
            // A client that is refused while it still sends reads the answer only if what it sends is taken off it.
            tomcat.addConnectorCustomizers(connector -> ((AbstractHttp11Protocol<?>) connector.getProtocolHandler())
                    .setMaxSwallowSize((int) Math.min(Integer.MAX_VALUE, properties.maxBodyBytes())));
        };
    }
}
