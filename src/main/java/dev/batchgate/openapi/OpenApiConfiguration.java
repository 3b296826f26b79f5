package dev.batchgate.openapi;

import dev.batchgate.ingestion.Ids;
import dev.batchgate.ingestion.InvalidField;
import io.swagger.v3.core.converter.ModelConverters;
import io.swagger.v3.oas.models.OpenAPI;
import io.swagger.v3.oas.models.info.Info;
import io.swagger.v3.oas.models.media.ArraySchema;
import io.swagger.v3.oas.models.media.Content;
import io.swagger.v3.oas.models.media.IntegerSchema;
import io.swagger.v3.oas.models.media.MediaType;
import io.swagger.v3.oas.models.media.Schema;
import io.swagger.v3.oas.models.responses.ApiResponse;
import java.math.BigDecimal;
import java.util.List;
import org.springdoc.core.customizers.OpenApiCustomizer;
import org.springdoc.core.utils.SpringDocUtils;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

@Configuration(proxyBeanMethods = false)
class OpenApiConfiguration {

    private static final String PROBLEM_JSON = org.springframework.http.MediaType.APPLICATION_PROBLEM_JSON_VALUE;

    static {
        SpringDocUtils.getConfig()
                .replaceWithSchema(
                        Ids.class,
                        new ArraySchema()
                                .items(new IntegerSchema().format("int64").minimum(BigDecimal.ONE))
                                .minItems(1)
                                .example(List.of(1, 2, 3)));
    }

    /**
     * A problem detail as every error answer carries it; only its description lives here.
     *
     * @param error the same as {@code detail}, for clients of the original service
     * @param errors the fields that broke a rule, where any did
     */
    record Problem(String type, String title, int status, String detail, String error, List<InvalidField> errors) {}

    @Bean
    OpenAPI openApi() {
        return new OpenAPI()
                .info(new Info()
                        .title("Batchgate")
                        .version("1")
                        .description("Hand in ids with a priority; they are fetched from a rate-limited API in batches,"
                                + " most urgent first. Every error is an RFC 9457 problem detail."));
    }

    @Bean
    OpenApiCustomizer problemsInsteadOfResults() {
        return api -> {
            ModelConverters.getInstance(true).readAll(Problem.class).forEach(api.getComponents()::addSchemas);
            api.getPaths().values().stream()
                    .flatMap(path -> path.readOperations().stream())
                    .flatMap(operation -> operation.getResponses().entrySet().stream())
                    .filter(response -> response.getKey().matches("[45].."))
                    .forEach(response -> describe(response.getValue()));
        };
    }

    private static void describe(ApiResponse error) {
        Schema<?> problem = new Schema<>().$ref("#/components/schemas/Problem");
        error.setContent(new Content().addMediaType(PROBLEM_JSON, new MediaType().schema(problem)));
    }
}
