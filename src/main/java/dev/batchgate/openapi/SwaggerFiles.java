package dev.batchgate.openapi;

import org.jspecify.annotations.Nullable;
import org.springdoc.core.properties.SwaggerUiConfigProperties;
import org.springdoc.webmvc.ui.SwaggerResourceResolver;

/**
 * Finds the files of Swagger UI. Other libraries are not looked for: every name that is asked for would be remembered for
 * good, and whoever invents names would fill the heap. Any thread may enter.
 */
final class SwaggerFiles extends SwaggerResourceResolver {

    private static final String LIBRARY = "swagger-ui/";

    SwaggerFiles(SwaggerUiConfigProperties properties) {
        super(properties);
    }

    @Override
    protected @Nullable String findWebJarResourcePath(String path) {
        return path.startsWith(LIBRARY) ? super.findWebJarResourcePath(path) : null;
    }
}
