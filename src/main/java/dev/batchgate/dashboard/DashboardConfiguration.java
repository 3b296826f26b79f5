package dev.batchgate.dashboard;

import java.io.IOException;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

@Configuration(proxyBeanMethods = false)
class DashboardConfiguration {

    @Bean
    Assets assets() throws IOException {
        return Assets.load();
    }
}
