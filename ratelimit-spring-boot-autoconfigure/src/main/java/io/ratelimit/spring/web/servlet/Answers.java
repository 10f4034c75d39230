package io.ratelimit.spring.web.servlet;

import io.ratelimit.spring.web.RateLimitDenial;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;

/** Answers refused requests, with the CORS headers that the application would have given them. */
final class Answers {
    private final DenialWriter writer;
    private final CorsAnswers cors;

    Answers(DenialWriter writer, CorsAnswers cors) {
        this.writer = writer;
        this.cors = cors;
    }

    /** Answers the request, unless the response is under way already or another resource's, in which nothing is said. */
    void answer(RateLimitDenial denial, HttpServletRequest request, HttpServletResponse response)
            throws IOException, ServletException {
        if (!response.isCommitted() && request.getDispatcherType() != DispatcherType.INCLUDE) {
            cors.around(request, response, () -> writer.write(denial, request, response));
        }
    }
}
