package dev.batchgate.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.IntToLongFunction;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;

/**
 * TLS in front of a plain server, with handshakes that take their time. Two threads a connection hand the bytes
 * through.
 */
final class SlowTls implements AutoCloseable {

    private static final String PASSWORD = "changeit";
    private static final String TRUST_STORE = "javax.net.ssl.trustStore";
    private static final String TRUST_STORE_PASSWORD = "javax.net.ssl.trustStorePassword";

    private final SSLServerSocket server;
    private final URI plain;
    private final IntToLongFunction millisBeforeHandshake;
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private final ExecutorService threads = Executors.newCachedThreadPool();

    /** @param millisBeforeHandshake how long each connection waits, by its number, counted from 1 */
    SlowTls(Path keyStore, String plain, IntToLongFunction millisBeforeHandshake) throws Exception {
        this.plain = URI.create(plain);
        this.millisBeforeHandshake = millisBeforeHandshake;
        KeyStore keys = KeyStore.getInstance("PKCS12");
        try (InputStream stored = Files.newInputStream(keyStore)) {
            keys.load(stored, PASSWORD.toCharArray());
        }
        KeyManagerFactory factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        factory.init(keys, PASSWORD.toCharArray());
        SSLContext tls = SSLContext.getInstance("TLS");
        tls.init(factory.getKeyManagers(), null, null);
        this.server = (SSLServerSocket)
                tls.getServerSocketFactory().createServerSocket(0, 128, InetAddress.getLoopbackAddress());
        threads.execute(this::accept);
    }

    /** A certificate for the loopback address, which all of this JVM trusts until {@link #distrust}. */
    static Path trustedKeyStore(Path folder) throws Exception {
        Path store = folder.resolve("upstream.p12");
        Process keytool = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "keytool")
                                .toString(),
                        "-genkeypair",
                        "-keyalg",
                        "EC",
                        "-dname",
                        "CN=upstream",
                        "-ext",
                        "san=ip:127.0.0.1",
                        "-keystore",
                        store.toString(),
                        "-storepass",
                        PASSWORD)
                .inheritIO()
                .start();
        assertThat(keytool.waitFor()).isZero();
        System.setProperty(TRUST_STORE, store.toString());
        System.setProperty(TRUST_STORE_PASSWORD, PASSWORD);
        return store;
    }

    static void distrust() {
        System.clearProperty(TRUST_STORE);
        System.clearProperty(TRUST_STORE_PASSWORD);
    }

    String url(String rest) {
        return "https://127.0.0.1:" + server.getLocalPort() + rest;
    }

    private void accept() {
        try {
            for (int number = 1; ; number++) {
                Socket client = server.accept();
                open.add(client);
                long delay = millisBeforeHandshake.applyAsLong(number);
                threads.execute(() -> serve(client, delay));
            }
        } catch (IOException closed) {
            // The server was closed.
        }
    }

    private void serve(Socket client, long delay) {
        try (client;
                Socket behind = new Socket(plain.getHost(), plain.getPort())) {
            open.add(behind);
            behind.setTcpNoDelay(true);
            TimeUnit.MILLISECONDS.sleep(delay);
            threads.execute(() -> pass(client, behind));
            pass(behind, client);
        } catch (IOException gone) {
            // Closed by one of the two.
        } catch (InterruptedException stopping) {
            Thread.currentThread().interrupt();
        }
    }

    private static void pass(Socket from, Socket to) {
        try (to) {
            OutputStream out = to.getOutputStream();
            from.getInputStream().transferTo(out);
        } catch (IOException gone) {
            // Closed by one of the two.
        }
    }

    @Override
    public void close() throws IOException {
        server.close();
        threads.shutdownNow();
        for (Socket socket : open) {
            socket.close();
        }
    }
}
