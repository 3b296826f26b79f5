package suite;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What is used instead, from {@code bench/peers}. */
final class Peer {

    private Peer() {}

    /** @param environment besides the port that it is to listen on */
    static Service start(String folder, String name, Map<String, String> environment) throws Exception {
        Path peer = Path.of("bench", "peers", folder).toAbsolutePath();
        Process install = new ProcessBuilder(peer.resolve("install").toString())
                .redirectErrorStream(true)
                .redirectOutput(Service.OUT.resolve(folder + "-install.log").toFile())
                .start();
        if (install.waitFor() != 0) {
            throw new IllegalStateException(folder + " cannot be installed; see its log in " + Service.OUT);
        }
        int port = Service.freePort();
        Map<String, String> all = new HashMap<>(environment);
        all.put("PORT", Integer.toString(port));
        Service service = Service.started(name, List.of(peer.resolve("start").toString()), port, all);
        service.awaitAnswer("/health");
        return service;
    }

    /** Redis that keeps what it is told. */
    static Service redis(String fsync) throws Exception {
        int port = Service.freePort();
        Path folder = Files.createTempDirectory(Service.OUT, "redis").toAbsolutePath();
        Service redis = Service.started(
                "redis-" + fsync,
                List.of(
                        "redis-server",
                        "--bind",
                        "127.0.0.1",
                        "--port",
                        Integer.toString(port),
                        "--dir",
                        folder.toString(),
                        "--appendonly",
                        "yes",
                        "--appendfsync",
                        fsync),
                port,
                Map.of());
        Thread.sleep(1_000);
        return redis;
    }
}
