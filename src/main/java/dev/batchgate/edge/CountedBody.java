package dev.batchgate.edge;

import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletInputStream;
import java.io.IOException;

/**
 * A request body that ends with an exception once more of it is read, or more slowly, than is allowed. One thread reads
 * it.
 */
final class CountedBody extends ServletInputStream {

    private final ServletInputStream body;
    private final Allowance allowance;
    private final long startedAt;
    private long bytes;

    CountedBody(ServletInputStream body, Allowance allowance) {
        this.body = body;
        this.allowance = allowance;
        this.startedAt = allowance.now();
    }

    @Override
    public int read() throws IOException {
        int one = body.read();
        count(one < 0 ? 0 : 1);
        return one;
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
        int many = body.read(into, offset, length);
        count(Math.max(0, many));
        return many;
    }

    private void count(int read) throws IOException {
        bytes += read;
        allowance.check(bytes, startedAt);
    }

    @Override
    public boolean isFinished() {
        return body.isFinished();
    }

    @Override
    public boolean isReady() {
        return body.isReady();
    }

    @Override
    public void setReadListener(ReadListener listener) {
        body.setReadListener(listener);
    }
}
