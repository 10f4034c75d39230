package io.ratelimit.spring.autoconfigure.tomcat;

import io.ratelimit.spring.web.servlet.KeptConnection;
import jakarta.servlet.ServletException;
import java.io.IOException;
import org.apache.catalina.connector.Request;
import org.apache.catalina.connector.Response;
import org.apache.catalina.valves.ValveBase;

/** Keeps who is at the other end of the connection, and what was forwarded, before Tomcat's {@code RemoteIpValve} comes. */
final class KeepingValve extends ValveBase {
    private final String forwardedHeader;

    KeepingValve(String forwardedHeader) {
        super(true);
        this.forwardedHeader = forwardedHeader;
    }

    @Override
    public void invoke(Request request, Response response) throws IOException, ServletException {
        KeptConnection.keep(request, forwardedHeader);
        getNext().invoke(request, response);
    }
}
