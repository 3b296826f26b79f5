/** The API described by itself: OpenAPI 3.1 at {@code /v3/api-docs}, browsable at {@code /swagger-ui.html}. */
@NullMarked
package dev.batchgate.openapi;

import org.jspecify.annotations.NullMarked;
