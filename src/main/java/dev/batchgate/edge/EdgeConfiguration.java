package dev.batchgate.edge;

import dev.batchgate.ingestion.BatchgateProperties;
import dev.batchgate.ingestion.OwnPass;
import dev.batchgate.ingestion.ProblemWriter;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.apache.catalina.core.StandardHost;
import org.apache.coyote.ContinueResponseTiming;
import org.apache.coyote.http11.AbstractHttp11Protocol;
import org.apache.tomcat.util.buf.EncodedSolidusHandling;
import org.springframework.boot.jackson.autoconfigure.JsonFactoryBuilderCustomizer;
import org.springframework.boot.thread.Threading;
import org.springframework.boot.tomcat.autoconfigure.TomcatServerProperties;
import org.springframework.boot.tomcat.servlet.TomcatServletWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.boot.web.server.autoconfigure.ServerProperties;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.boot.webmvc.autoconfigure.WebMvcRegistrations;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;
import org.springframework.web.servlet.config.annotation.ContentNegotiationConfigurer;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerAdapter;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerMapping;
import tools.jackson.core.TokenStreamFactory;
import tools.jackson.databind.json.JsonMapper;

@Configuration(proxyBeanMethods = false)
class EdgeConfiguration {

    private static final Duration LONGEST_SILENCE = Duration.ofSeconds(10);
    private static final int SILENCES = 3;

    /** A client in the middle of a body takes up to 130 KB of the heap; all of them together are to fit into 192 MB. */
    private static final int MOST_BODIES = 700;

    @Bean
    ProblemWriter problemWriter(JsonMapper json) {
        return new ProblemWriter(json);
    }

    @Bean
    Allowance allowance(BatchgateProperties properties, TomcatServerProperties tomcat) {
        Duration silence = Optional.ofNullable(tomcat.getConnectionTimeout())
                .filter(given -> given.toMillis() > 0)
                .orElse(LONGEST_SILENCE);
        return new Allowance(properties.maxBodyBytes(), silence.multipliedBy(SILENCES), System::nanoTime);
    }

    @Bean
    RequestCheck requestCheck(ProblemWriter problems) {
        return new RequestCheck(problems);
    }

    @Bean
    BodyLimit bodyLimit(
            Allowance allowance, ProblemWriter problems, TomcatServerProperties tomcat, Environment environment) {
        return new BodyLimit(allowance, mostBodies(tomcat, environment), problems);
    }

    @Bean
    OneWrite oneWrite() {
        return new OneWrite();
    }

    /** Where each takes a thread of few, half of them are for those who need not be waited for. */
    private static int mostBodies(TomcatServerProperties tomcat, Environment environment) {
        return Threading.VIRTUAL.isActive(environment)
                ? MOST_BODIES
                : Math.min(MOST_BODIES, Math.max(1, tomcat.getThreads().getMax() / 2));
    }

    @Bean
    WebMvcConfigurer plainAccept() {
        return new WebMvcConfigurer() {
            @Override
            public void configureContentNegotiation(ContentNegotiationConfigurer negotiation) {
                negotiation.strategies(List.of(new PlainAccept()));
            }
        };
    }

    @Bean
    WebMvcRegistrations plainRequests() {
        return new WebMvcRegistrations() {
            @Override
            public RequestMappingHandlerMapping getRequestMappingHandlerMapping() {
                return new PlainRequests();
            }

            @Override
            public RequestMappingHandlerAdapter getRequestMappingHandlerAdapter() {
                return new PlainVariables();
            }
        };
    }

    /** Names of members are kept for good otherwise, so that they need not be read twice; a body may hold a million. */
    @Bean
    JsonFactoryBuilderCustomizer forgetNames() {
        return json -> json.disable(TokenStreamFactory.Feature.CANONICALIZE_PROPERTY_NAMES)
                .disable(TokenStreamFactory.Feature.INTERN_PROPERTY_NAMES);
    }

    @Bean
    WebServerFactoryCustomizer<TomcatServletWebServerFactory> edge(
            Allowance allowance, ProblemWriter problems, TomcatServerProperties server, Environment environment) {
        int leftovers = Math.max(1, mostBodies(server, environment) / 2);
        return tomcat -> {
            tomcat.setProtocol(CrowdProtocol.class.getName());
            tomcat.addContextCustomizers(context -> {
                StandardHost host = (StandardHost) context.getParent();
                host.getPipeline().addValve(new Leftovers(allowance.doubled(), leftovers));
                host.getPipeline().addValve(new ProblemValve(problems));
                host.getPipeline().addValve(new SafeHeaders());
                host.getPipeline().addValve(new Arrival());
            });
            tomcat.addConnectorCustomizers(connector -> {
                // What is left of a body is for Leftovers to take; Tomcat would take it for however long it comes.
                ((AbstractHttp11Protocol<?>) connector.getProtocolHandler()).setMaxSwallowSize(0);
                // One that asks first is told to go on only once the body is really wanted.
                connector.setProperty("continueResponseTiming", ContinueResponseTiming.ON_REQUEST_BODY_READ.toString());
                // An id with a slash in it is an unknown id, not a bad request.
                connector.setEncodedSolidusHandling(EncodedSolidusHandling.PASS_THROUGH.getValue());
                connector.setEncodedReverseSolidusHandling(EncodedSolidusHandling.PASS_THROUGH.getValue());
            });
            if (Threading.VIRTUAL.isActive(environment)) {
                // Behind Spring Boot's own, which has them run on virtual threads.
                tomcat.addProtocolHandlerCustomizers(
                        protocol -> protocol.setExecutor(new FifoExecutor(protocol.getExecutor())));
            }
        };
    }

    @Bean
    FirstRequest firstRequest(WebServerApplicationContext context, ServerProperties server, Optional<OwnPass> pass) {
        return new FirstRequest(context, server, pass);
    }
}
