package dev.batchgate.ingestion;

import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.core.env.Environment;
import org.springframework.util.StringUtils;

/**
 * Where the PostgreSQL is that replicas share, as platforms and drivers write it.
 *
 * @param jdbcUrl without user and password, where it was written as {@code postgres://…}
 * @param user null if the driver is to find out
 * @param password likewise
 */
public record DatabaseUrl(
        String jdbcUrl, @Nullable String user, @Nullable String password) {

    /** As platforms set it. */
    public static final String PLATFORM_VARIABLE = "DATABASE_URL";

    private static final String PROPERTY = "spring.datasource.url";
    private static final String JDBC = "jdbc:postgresql:";
    private static final String SCHEMA = "batchgate";
    private static final Pattern CURRENT_SCHEMA =
            Pattern.compile("[?&]currentSchema=([a-z_][a-z0-9_]*)(?![A-Za-z0-9_])");
    private static final int DEFAULT_PORT = 5432;
    private static final String CAN_HAVE_SCHEMA = """
            SELECT to_regnamespace(quote_ident(?)) IS NOT NULL OR has_database_privilege(current_database(), 'CREATE')""";

    /** What libpq calls differently from the driver; everything about TLS is called the same. */
    private static final Map<String, String> DRIVER_NAMES = Map.of(
            "connect_timeout", "connectTimeout",
            "application_name", "ApplicationName",
            "target_session_attrs", "targetServerType",
            "channel_binding", "channelBinding");

    /** Whether a text is meant as one, and not as a folder. */
    public static boolean isMeantBy(String text) {
        return text.startsWith("postgres://") || text.startsWith("postgresql://") || text.startsWith(JDBC);
    }

    /**
     * What is configured: {@code spring.datasource.url} with its {@code username} and {@code password}, else {@code
     * DATABASE_URL}; empty where neither is.
     */
    public static Optional<DatabaseUrl> of(Environment environment) {
        String property = environment.getProperty(PROPERTY);
        if (StringUtils.hasText(property)) {
            DatabaseUrl url = parse(property.strip());
            String user = environment.getProperty("spring.datasource.username");
            String password = environment.getProperty("spring.datasource.password");
            return Optional.of(new DatabaseUrl(
                    url.jdbcUrl,
                    StringUtils.hasText(user) ? user : url.user,
                    StringUtils.hasText(password) ? password : url.password));
        }
        String variable = environment.getProperty(PLATFORM_VARIABLE);
        return StringUtils.hasText(variable) ? Optional.of(parse(variable.strip())) : Optional.empty();
    }

    /**
     * Reads {@code postgres://user:password@host:port/database?parameter=value&…}, with {@code postgresql:} alike and
     * several hosts with commas between them, or a URL as the JDBC driver has it.
     *
     * @throws StartRefused where it is neither; without the URL, which may hold a password
     */
    public static DatabaseUrl parse(String url) {
        if (url.startsWith(JDBC)) {
            if (url.matches(JDBC + "//[^/?]*@.*")) {
                throw refused("the JDBC driver takes no user and password before the host");
            }
            return readable(new DatabaseUrl(url, null, null));
        }
        if (!isMeantBy(url)) {
            throw refused("it starts with neither postgres:// nor jdbc:postgresql:");
        }
        try {
            // A registry-based authority may hold several hosts, which java.net.URI does not take apart.
            URI parsed = new URI(url);
            String authority = parsed.getRawAuthority();
            if (authority == null) {
                throw refused("it names no host");
            }
            int at = authority.lastIndexOf('@');
            String[] credentials =
                    at < 0 ? new String[0] : authority.substring(0, at).split(":", 2);
            String path = parsed.getRawPath();
            String database = path.length() > 1 ? path.substring(1) : "";
            String hosts = hosts(authority.substring(at + 1));
            return readable(new DatabaseUrl(
                    "%s//%s/%s%s".formatted(JDBC, hosts, encoded(decoded(database)), parameters(parsed.getRawQuery())),
                    credentials.length > 0 && !credentials[0].isEmpty() ? decoded(credentials[0]) : null,
                    credentials.length > 1 ? decoded(credentials[1]) : null));
        } catch (URISyntaxException | IllegalArgumentException malformed) {
            throw refused("it is no valid URL; special characters in user and password are written as %XX");
        }
    }

    /** To connect with what the driver cannot read would tell no more, and repeat it. */
    private static DatabaseUrl readable(DatabaseUrl url) {
        try {
            DriverManager.getDriver(url.jdbcUrl);
            if (url.jdbcUrl.contains("currentSchema=")
                    && !CURRENT_SCHEMA.matcher(url.jdbcUrl).find()) {
                throw refused("currentSchema must be a name in lower case");
            }
            return url;
        } catch (SQLException unreadable) {
            throw refused("the JDBC driver makes no sense of it");
        }
    }

    private static String hosts(String text) {
        List<String> hosts = new ArrayList<>();
        for (String host : text.split(",", -1)) {
            if (host.isEmpty() || host.startsWith(":")) {
                throw refused("it names no host");
            }
            hosts.add(host.matches(".*:\\d+") ? host : host + ":" + DEFAULT_PORT);
        }
        return String.join(",", hosts);
    }

    private static String parameters(@Nullable String query) {
        if (query == null || query.isEmpty()) {
            return "";
        }
        List<String> parameters = new ArrayList<>();
        for (String parameter : query.split("&", -1)) {
            String[] parts = parameter.split("=", 2);
            String name = decoded(parts[0]);
            String value = parts.length > 1 ? decoded(parts[1]) : "";
            parameters.add(DRIVER_NAMES.getOrDefault(name, name) + "=" + encoded(driverValue(name, value)));
        }
        return "?" + String.join("&", parameters);
    }

    /** Some platforms write what only other drivers know. */
    private static String driverValue(String name, String value) {
        return switch (name) {
            case "sslmode" -> value.toLowerCase(Locale.ROOT).equals("no-verify") ? "require" : value;
            case "target_session_attrs" ->
                switch (value) {
                    case "read-write" -> "primary";
                    case "prefer-standby" -> "preferSecondary";
                    default -> value;
                };
            default -> value;
        };
    }

    private static String decoded(String part) {
        // A plus sign is a plus sign, outside of forms.
        return URLDecoder.decode(part.replace("+", "%2B"), StandardCharsets.UTF_8);
    }

    private static String encoded(String part) {
        return URLEncoder.encode(part, StandardCharsets.UTF_8).replace("+", "%20");
    }

    private static StartRefused refused(String why) {
        return new StartRefused(
                "The database URL (%s or %s) cannot be used: %s.".formatted(PLATFORM_VARIABLE, PROPERTY, why),
                "Write it as postgres://user:password@host:5432/database, or unset it to use the embedded store.");
    }

    /** The schema that everything is kept in: {@code batchgate}, unless the URL names another in {@code currentSchema}. */
    public String schema() {
        Matcher named = CURRENT_SCHEMA.matcher(jdbcUrl);
        return named.find() ? named.group(1) : SCHEMA;
    }

    /** Whether its schema is there, or can be made. */
    public boolean canHaveSchema(Connection connection) throws SQLException {
        try (PreparedStatement ask = connection.prepareStatement(CAN_HAVE_SCHEMA)) {
            ask.setString(1, schema());
            try (ResultSet row = ask.executeQuery()) {
                row.next();
                return row.getBoolean(1);
            }
        }
    }

    /** The driver's own settings, for whoever makes connections itself. */
    public Properties properties() {
        Properties properties = new Properties();
        if (user != null) {
            properties.setProperty("user", user);
        }
        if (password != null) {
            properties.setProperty("password", password);
        }
        return properties;
    }

    /** A connection of its own, for commands. */
    public Connection connect() throws SQLException {
        Properties properties = properties();
        properties.setProperty("connectTimeout", "10");
        properties.setProperty("tcpKeepAlive", "true");
        return DriverManager.getConnection(jdbcUrl, properties);
    }

    /** Without user, password and parameters, for logs; whatever the driver makes of it. */
    @Override
    public String toString() {
        String bare = jdbcUrl.substring(JDBC.length()).replaceFirst("\\?.*", "").replaceFirst("//.*@", "//");
        return "postgresql:" + bare;
    }
}
