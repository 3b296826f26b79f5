package dev.batchgate.ingestion;

import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.springframework.boot.web.servlet.ServletRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** {@code GET /status/{id}} without Spring MVC, behind the same filters: what is between the two is Spring's. */
@Configuration(proxyBeanMethods = false)
class StatusServlet {

    @Bean
    ServletRegistrationBean<HttpServlet> statuses(IngestionController controller) {
        return new ServletRegistrationBean<>(new Statuses(controller), "/servlet/status/*");
    }

    static final class Statuses extends HttpServlet {

        private static final long serialVersionUID = 1;

        private final transient IngestionController controller;

        Statuses(IngestionController controller) {
            this.controller = controller;
        }

        @Override
        protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
            controller.status(request.getPathInfo().substring(1), request, response);
        }
    }
}
