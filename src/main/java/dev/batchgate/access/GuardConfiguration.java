package dev.batchgate.access;

import static org.springframework.security.web.servlet.util.matcher.PathPatternRequestMatcher.pathPattern;

import dev.batchgate.ingestion.Caller;
import dev.batchgate.ingestion.ProblemWriter;
import jakarta.servlet.DispatcherType;
import java.io.IOException;
import java.time.Clock;
import org.slf4j.LoggerFactory;
import org.springframework.boot.web.servlet.DelegatingFilterProxyRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;
import org.springframework.http.HttpMethod;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.annotation.web.configuration.EnableWebSecurity;
import org.springframework.security.config.annotation.web.configuration.WebSecurityCustomizer;
import org.springframework.security.config.annotation.web.configurers.AbstractHttpConfigurer;
import org.springframework.security.config.http.SessionCreationPolicy;
import org.springframework.security.config.observation.SecurityObservationSettings;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.security.web.csrf.CsrfFilter;
import org.springframework.security.web.csrf.CsrfTokenRequestAttributeHandler;
import org.springframework.security.web.firewall.StrictHttpFirewall;

/** What there is only if keys are configured: a service that is open has none of it in the way. */
@Configuration(proxyBeanMethods = false)
@Conditional(KeysConfigured.class)
@EnableWebSecurity
class GuardConfiguration {

    private static final String FILTER = "springSecurityFilterChain";

    /** For whoever has no key: what a platform asks, and what is needed to log in. */
    private static final String[] FOR_ANYBODY = {
        "/actuator/health/liveness",
        "/actuator/health/readiness",
        LoginPage.PATH,
        "/dashboard/base.css",
        "/dashboard/login.css",
        "/dashboard/icon.svg"
    };

    /** For every key; what is not named is for admins, so that nobody has to think of it. */
    private static final String[] FOR_SUBMITTERS = {
        "/ingest",
        "/ingest/**",
        "/ingestions",
        "/status/**",
        "/results/**",
        "/queue/forecast",
        "/v3/api-docs",
        "/v3/api-docs/**",
        "/v3/api-docs.yaml",
        "/swagger-ui.html",
        "/swagger-ui/**"
    };

    @Bean
    Keyring keyring(AccessProperties properties, Environment environment) {
        Keyring keyring = new Keyring(ApiKey.of(properties.apiKeys(), KeysConfigured.parts(environment)));
        LoggerFactory.getLogger(GuardConfiguration.class).info("Only with one of the API keys {}", keyring.keys());
        return keyring;
    }

    @Bean
    Sessions sessions(Keyring keyring, Clock clock) {
        return new Sessions(keyring, clock);
    }

    @Bean
    LoginPage loginPage() throws IOException {
        return LoginPage.load();
    }

    @Bean
    OwnKey ownKey() {
        return new OwnKey();
    }

    @Bean
    Refusals refusals(ProblemWriter problems) {
        return new Refusals(problems);
    }

    /** Whoever asks outside of a request that was let in sees nothing. */
    @Bean
    Caller.Source callers() {
        Caller nobody = new Caller(null, false);
        return () -> SecurityContextHolder.getContext().getAuthentication() instanceof KeyAuthentication authentication
                ? authentication.key().caller()
                : nobody;
    }

    @Bean
    SecurityFilterChain guard(HttpSecurity http, Keyring keyring, Sessions sessions, OwnKey own, Refusals refusals) {
        return http.addFilterBefore(new KeyFilter(keyring, sessions, own, refusals), CsrfFilter.class)
                .csrf(csrf -> csrf.csrfTokenRepository(new SessionTokens())
                        .csrfTokenRequestHandler(new CsrfTokenRequestAttributeHandler())
                        .requireCsrfProtectionMatcher(SessionTokens::isNeeded))
                .authorizeHttpRequests(requests -> requests.requestMatchers(FOR_ANYBODY)
                        .permitAll()
                        .requestMatchers(FOR_SUBMITTERS)
                        .authenticated()
                        .requestMatchers(pathPattern(HttpMethod.GET, "/queue"), pathPattern(HttpMethod.HEAD, "/queue"))
                        .authenticated()
                        .anyRequest()
                        .hasAuthority(Role.ADMIN.name()))
                .exceptionHandling(
                        handling -> handling.authenticationEntryPoint(refusals).accessDeniedHandler(refusals))
                .sessionManagement(session -> session.sessionCreationPolicy(SessionCreationPolicy.STATELESS))
                .headers(AbstractHttpConfigurer::disable)
                .logout(AbstractHttpConfigurer::disable)
                .requestCache(AbstractHttpConfigurer::disable)
                .servletApi(AbstractHttpConfigurer::disable)
                .build();
    }

    /** A span for each of its filters would be most of what is told of a request. */
    @Bean
    SecurityObservationSettings notObserved() {
        return SecurityObservationSettings.noObservations();
    }

    /** Strict about paths, on which it depends who may do what; fields are checked by those who read them. */
    @Bean
    WebSecurityCustomizer strictPaths(Refusals refusals) {
        StrictHttpFirewall firewall = new StrictHttpFirewall();
        firewall.setUnsafeAllowAnyHttpMethod(true);
        firewall.setAllowedHeaderNames(name -> true);
        firewall.setAllowedHeaderValues(value -> true);
        firewall.setAllowedParameterNames(name -> true);
        firewall.setAllowedParameterValues(value -> true);
        return web -> web.httpFirewall(firewall).requestRejectedHandler(refusals);
    }

    /** Requests alone: what they lead to inside, they have been let in for. */
    @Bean
    DelegatingFilterProxyRegistrationBean guardRegistration() {
        DelegatingFilterProxyRegistrationBean registration = new DelegatingFilterProxyRegistrationBean(FILTER);
        registration.setOrder(CrossSite.ORDER + 1);
        registration.setDispatcherTypes(DispatcherType.REQUEST);
        return registration;
    }
}
