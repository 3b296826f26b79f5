package dev.batchgate.results;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;

/** A client that asks for results in raw bytes and reads no more of the answer than it is told to. */
final class Client implements AutoCloseable {

    /** What a whole answer ends with, after the line break of its last line. */
    static final String END = "\r\n0\r\n\r\n";

    private static final int MUCH_LONGER_THAN_THE_SERVER_WAITS = 20_000;
    private static final int SMALL = 16_384;

    private final Socket socket = new Socket();

    Client(int port, String id, String accept, String... fields) throws IOException {
        socket.setReceiveBufferSize(SMALL);
        socket.setSoTimeout(MUCH_LONGER_THAN_THE_SERVER_WAITS);
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        String head = "GET /results/%s HTTP/1.1\r\nHost: localhost\r\nAccept: %s\r\n%s\r\n";
        String more = String.join("", fields);
        socket.getOutputStream().write(head.formatted(id, accept, more).getBytes(StandardCharsets.US_ASCII));
    }

    /** Reads a few bytes. */
    String readSome() throws IOException {
        return new String(socket.getInputStream().readNBytes(100), StandardCharsets.UTF_8);
    }

    /** Reads until the server closes the connection. */
    String readToTheEnd() throws IOException {
        StringBuilder answer = new StringBuilder();
        byte[] some = new byte[SMALL];
        try {
            for (int read = 0; read >= 0; read = socket.getInputStream().read(some)) {
                answer.append(new String(some, 0, read, StandardCharsets.ISO_8859_1));
            }
        } catch (SocketException reset) {
            // Closed with bytes unsent.
        }
        return answer.toString();
    }

    @Override
    public void close() {
        try {
            socket.close();
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
    }
}
