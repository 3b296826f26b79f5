package dev.batchgate.dashboard;

import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.springframework.core.io.ClassPathResource;
import org.springframework.core.io.Resource;
import org.springframework.core.io.support.PathMatchingResourcePatternResolver;
import org.springframework.core.io.support.PropertiesLoaderUtils;

/**
 * The files of the dashboard, by the name they are asked for. Some 300 KB, read once at the start: what is not among
 * them cannot be reached, whatever a path looks like.
 */
final class Assets {

    static final String PAGE = "index.html";
    private static final String OURS = "classpath:/dashboard/*";
    private static final String UPLOT_BUILD = "META-INF/maven/org.webjars.npm/uplot/pom.properties";
    private static final List<String> UPLOT = List.of("uPlot.esm.js", "uPlot.min.css");

    private final Map<String, Asset> byName;

    private Assets(Map<String, Asset> byName) {
        this.byName = Map.copyOf(byName);
    }

    static Assets load() throws IOException {
        Map<String, Asset> byName = new HashMap<>();
        for (Resource file : new PathMatchingResourcePatternResolver().getResources(OURS)) {
            String name = Objects.requireNonNull(file.getFilename());
            byName.put(name, Asset.of(name, file));
        }
        String version = PropertiesLoaderUtils.loadProperties(new ClassPathResource(UPLOT_BUILD))
                .getProperty("version");
        for (String file : UPLOT) {
            String path = "META-INF/resources/webjars/uplot/%s/dist/%s".formatted(version, file);
            byName.put("uplot/" + file, Asset.of(file, new ClassPathResource(path)));
        }
        return new Assets(byName);
    }

    Optional<Asset> find(String name) {
        return Optional.ofNullable(byName.get(name));
    }
}
