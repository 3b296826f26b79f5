package dev.batchgate.access;

import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.springframework.context.annotation.Condition;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.EnumerablePropertySource;
import org.springframework.core.env.Environment;
import org.springframework.core.env.PropertySource;
import org.springframework.core.type.AnnotatedTypeMetadata;
import org.springframework.util.StringUtils;

/**
 * Whether any key is configured, however little sense it makes; else everybody may do everything. Not by what can be read of the
 * list, which ends where a number is missing: to take the first key away must not open the service.
 */
class KeysConfigured implements Condition {

    private static final Pattern NAME = Pattern.compile("batchgateapikeys([0-9]*).*");

    @Override
    public boolean matches(ConditionContext context, AnnotatedTypeMetadata metadata) {
        return !parts(context.getEnvironment()).isEmpty();
    }

    /** Each key that something is said of: its number, or nothing where one property says all. */
    static Set<String> parts(Environment environment) {
        Set<String> parts = new TreeSet<>();
        for (PropertySource<?> source : ((ConfigurableEnvironment) environment).getPropertySources()) {
            if (source instanceof EnumerablePropertySource<?> named) {
                for (String name : named.getPropertyNames()) {
                    Matcher known =
                            NAME.matcher(name.replaceAll("[^A-Za-z0-9]", "").toLowerCase(Locale.ROOT));
                    if (known.matches() && StringUtils.hasText(String.valueOf(named.getProperty(name)))) {
                        parts.add(known.group(1));
                    }
                }
            }
        }
        return parts;
    }

    static final class Not extends KeysConfigured {
        @Override
        public boolean matches(ConditionContext context, AnnotatedTypeMetadata metadata) {
            return !super.matches(context, metadata);
        }
    }
}
