/** What the servlet container answers before and around every controller: body limit, errors outside of Spring MVC. */
@NullMarked
package dev.batchgate.edge;

import org.jspecify.annotations.NullMarked;
