package io.ratelimit.spring.jaxrs;

import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.WriteListener;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpServletResponseWrapper;
import java.io.ByteArrayOutputStream;
import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Lets headers through and keeps status, content type and body, which JAX-RS writes. */
final class CapturedResponse extends HttpServletResponseWrapper {
    private final Captured body = new Captured();
    private final PrintWriter writer = new PrintWriter(new OutputStreamWriter(body, StandardCharsets.UTF_8), true);
    private int status = SC_OK;
    private @Nullable String contentType;

    CapturedResponse(HttpServletResponse response) {
        super(response);
    }

    byte[] body() {
        writer.flush();
        return body.bytes.toByteArray();
    }

    @Override
    public void setStatus(int code) {
        status = code;
    }

    @Override
    public int getStatus() {
        return status;
    }

    @Override
    public void setContentType(@Nullable String type) {
        contentType = type;
    }

    @Override
    public @Nullable String getContentType() {
        return contentType;
    }

    @Override
    public void setContentLength(int length) {}

    @Override
    public void setContentLengthLong(long length) {}

    @Override
    public void resetBuffer() {
        writer.flush();
        body.bytes.reset();
    }

    @Override
    public void flushBuffer() {}

    @Override
    public PrintWriter getWriter() {
        return writer;
    }

    @Override
    public ServletOutputStream getOutputStream() {
        return body;
    }

    private static final class Captured extends ServletOutputStream {
        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

        @Override
        public boolean isReady() {
            return true;
        }

        @Override
        public void setWriteListener(WriteListener listener) {
            throw new IllegalStateException("Nothing is written asynchronously here");
        }

        @Override
        public void write(int b) {
            bytes.write(b);
        }
    }
}
