package io.ratelimit.redis;

import java.net.UnknownHostException;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateException;
import javax.net.ssl.SSLException;

/** Says in our own words, without addresses, why a connection cannot be opened where the operator has to change something. */
final class ConnectFailure {
    private ConnectFailure() {}

    /** Returns the reason, to be appended to what happened; empty if none is known that would help. */
    static String reason(Throwable failure) {
        if (is(failure, UnknownHostException.class)) {
            return ": its host name is unknown";
        }
        if (is(failure, CertPathBuilderException.class) || is(failure, CertPathValidatorException.class)) {
            return ": its certificate is not trusted, or is not valid today";
        }
        if (is(failure, CertificateException.class)) {
            return ": its certificate is for another host name";
        }
        return is(failure, SSLException.class) ? ": they do not agree on TLS, or it speaks none" : "";
    }

    private static boolean is(Throwable failure, Class<? extends Throwable> type) {
        return RedisErrors.isCausedBy(failure, type);
    }
}
