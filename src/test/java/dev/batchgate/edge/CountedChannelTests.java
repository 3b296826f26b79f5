package dev.batchgate.edge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.mockito.Mockito.doReturn;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.when;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import org.apache.tomcat.util.net.NioChannel;
import org.apache.tomcat.util.net.NioEndpoint.NioSocketWrapper;
import org.apache.tomcat.util.net.SocketBufferHandler;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Over a real connection, whose client reads nothing. */
class CountedChannelTests {

    private static final ByteBuffer KILOBYTE = ByteBuffer.allocate(1 << 10).asReadOnlyBuffer();

    private final CrowdProcessor processor = mock();
    private final NioSocketWrapper connection = mock();
    private final NioChannel channel =
            new CountedChannel.Endpoint().createChannel(new SocketBufferHandler(1 << 10, 1 << 10, false));

    private ServerSocketChannel server;
    private SocketChannel client;
    private SocketChannel accepted;

    @BeforeEach
    void connect() throws IOException {
        server = ServerSocketChannel.open().bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        client = SocketChannel.open(server.getLocalAddress());
        accepted = server.accept();
        accepted.configureBlocking(false);
        // As the container does.
        accepted.setOption(StandardSocketOptions.TCP_NODELAY, true);
        channel.reset(accepted, connection);
        doReturn(channel).when(connection).getSocket();
        CountedChannel.served(connection, processor);
    }

    @AfterEach
    void disconnect() throws IOException {
        accepted.close();
        client.close();
        server.close();
    }

    @Test
    void hasRoomUntilTwentyFourKilobytesHaveBeenSent() throws IOException {
        for (int sent = 0; sent < 24; sent++) {
            assertThat(CountedChannel.hasRoom(connection))
                    .as("after %d KB", sent)
                    .isTrue();
            send(1);
        }
        assertThat(CountedChannel.hasRoom(connection)).isFalse();

        channel.reset(accepted, connection);
        assertThat(CountedChannel.hasRoom(connection)).as("the next connection").isTrue();
    }

    @Test
    void whoMayWaitIsToldThatThereIsNoRoom() throws IOException {
        fill();

        assertThat(channel.write(KILOBYTE.duplicate())).isZero();
    }

    @Test
    void whoMustNotWaitHasTheConnectionEnded() throws IOException {
        fill();
        when(processor.keepsSomebodyElseWaiting()).thenReturn(true);

        assertThatThrownBy(() -> channel.write(KILOBYTE.duplicate()))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("does not read");
    }

    @Test
    void joinsThePiecesOfALongAnswerUntilItHasBeenGiven() throws IOException {
        when(processor.isServing()).thenReturn(true);

        send(64);
        assertThat(isSentWithoutDelay()).as("64 KB").isTrue();
        send(1);
        assertThat(isSentWithoutDelay()).as("65 KB").isFalse();

        CountedChannel.left(connection);
        assertThat(isSentWithoutDelay()).as("its end").isTrue();
        CountedChannel.served(connection, processor);
        send(1);
        assertThat(isSentWithoutDelay()).as("the next answer").isTrue();
    }

    @Test
    void doesNotJoinWhatIsSentBitByBit() throws IOException {
        send(100);

        assertThat(isSentWithoutDelay()).isTrue();
    }

    private boolean isSentWithoutDelay() throws IOException {
        return accepted.getOption(StandardSocketOptions.TCP_NODELAY);
    }

    private void send(int kilobytes) throws IOException {
        for (int sent = 0; sent < kilobytes; sent++) {
            assertThat(channel.write(KILOBYTE.duplicate())).isEqualTo(1 << 10);
        }
    }

    private void fill() throws IOException {
        int emptyHanded = 0;
        while (emptyHanded < 100) {
            emptyHanded = channel.write(KILOBYTE.duplicate()) == 0 ? emptyHanded + 1 : 0;
        }
    }
}
