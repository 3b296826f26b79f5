package dev.batchgate.openapi;

import dev.batchgate.ingestion.Caller;
import dev.batchgate.ingestion.Ids;
import dev.batchgate.ingestion.InvalidField;
import io.swagger.v3.core.converter.ModelConverters;
import io.swagger.v3.oas.models.OpenAPI;
import io.swagger.v3.oas.models.Operation;
import io.swagger.v3.oas.models.info.Info;
import io.swagger.v3.oas.models.media.ArraySchema;
import io.swagger.v3.oas.models.media.Content;
import io.swagger.v3.oas.models.media.IntegerSchema;
import io.swagger.v3.oas.models.media.MediaType;
import io.swagger.v3.oas.models.media.Schema;
import io.swagger.v3.oas.models.responses.ApiResponse;
import io.swagger.v3.oas.models.responses.ApiResponses;
import io.swagger.v3.oas.models.security.SecurityRequirement;
import io.swagger.v3.oas.models.security.SecurityScheme;
import java.math.BigDecimal;
import java.util.List;
import org.springdoc.core.customizers.OpenApiCustomizer;
import org.springdoc.core.properties.SwaggerUiConfigProperties;
import org.springdoc.core.utils.SpringDocUtils;
import org.springdoc.webmvc.ui.SwaggerResourceResolver;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

@Configuration(proxyBeanMethods = false)
class OpenApiConfiguration {

    private static final String KEY = "key";
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
    SwaggerResourceResolver swaggerResourceResolver(SwaggerUiConfigProperties properties) {
        return new SwaggerFiles(properties);
    }

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

    /** Where keys are needed, every call says so; where none are, nobody is asked for any. */
    @Bean
    OpenApiCustomizer keys(ObjectProvider<Caller.Source> callers) {
        return api -> {
            if (callers.getIfAvailable() == null) {
                return;
            }
            api.getComponents()
                    .addSecuritySchemes(
                            KEY,
                            new SecurityScheme()
                                    .type(SecurityScheme.Type.HTTP)
                                    .scheme("bearer")
                                    .description("An API key; one for submissions sees and orders its own"));
            api.addSecurityItem(new SecurityRequirement().addList(KEY));
            api.getPaths().values().stream()
                    .flatMap(path -> path.readOperations().stream())
                    .map(Operation::getResponses)
                    .forEach(responses -> {
                        refuse(responses, "401", "Without a key, or with one that is not known");
                        refuse(responses, "403", "The key is not for that");
                    });
        };
    }

    private static void refuse(ApiResponses responses, String status, String description) {
        ApiResponse refusal = new ApiResponse().description(description);
        describe(refusal);
        responses.addApiResponse(status, refusal);
    }

    private static void describe(ApiResponse error) {
        Schema<?> problem = new Schema<>().$ref("#/components/schemas/Problem");
        error.setContent(new Content().addMediaType(PROBLEM_JSON, new MediaType().schema(problem)));
    }
}
