package dev.batchgate.edge;

import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletInputStream;
import java.io.IOException;

/** A request body that complains once more than so many bytes have been read of it. One thread reads it. */
final class CountedBody extends ServletInputStream {

    /** Throws the complaint. */
    @FunctionalInterface
    interface Complaint {
        void raise() throws IOException;
    }

    private final ServletInputStream body;
    private final Complaint complaint;
    private long left;

    CountedBody(ServletInputStream body, long maxBytes, Complaint complaint) {
        this.body = body;
        this.left = maxBytes;
        this.complaint = complaint;
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
        left -= read;
        if (left < 0) {
            complaint.raise();
        }
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
