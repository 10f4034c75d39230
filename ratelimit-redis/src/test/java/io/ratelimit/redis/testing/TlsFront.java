package io.ratelimit.redis.testing;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;

/**
 * TLS in front of a server that speaks none, on the loopback interface. Its certificate is new, signed by itself, and for
 * {@value #HOST} alone. Safe for any number of threads.
 */
public final class TlsFront implements AutoCloseable {
    /** The name that the certificate is for. */
    public static final String HOST = "localhost";

    /** What opens {@link #store()}. */
    public static final String PASSWORD = "changeit";

    private static final long LONGEST_SECONDS = 30;

    private final RedisFixture server;
    private final Path store;
    private final SSLServerSocket listener;
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();

    private TlsFront(RedisFixture server, Path store, SSLServerSocket listener) {
        this.server = server;
        this.store = store;
        this.listener = listener;
    }

    /** Opens one in front of a server. */
    public static TlsFront of(RedisFixture server) {
        try {
            Path store = Files.createTempDirectory("tls").resolve("store.p12");
            createCertificate(store);
            KeyStore keys = KeyStore.getInstance(store.toFile(), PASSWORD.toCharArray());
            KeyManagerFactory managers = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            managers.init(keys, PASSWORD.toCharArray());
            SSLContext tls = SSLContext.getInstance("TLS");
            tls.init(managers.getKeyManagers(), null, null);
            TlsFront front = new TlsFront(server, store, (SSLServerSocket)
                    tls.getServerSocketFactory().createServerSocket(0, 50, InetAddress.getLoopbackAddress()));
            TcpProxy.background("tls-accept", front::accept);
            return front;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Returns the port to connect to. */
    public int port() {
        return listener.getLocalPort();
    }

    /** Returns a PKCS #12 store that holds the certificate. */
    public Path store() {
        return store;
    }

    @Override
    public void close() {
        closeQuietly(listener);
        sockets.forEach(TlsFront::closeQuietly);
        store.toFile().delete();
        store.getParent().toFile().delete();
    }

    private static void createCertificate(Path store) throws IOException {
        Process keytool = new ProcessBuilder(List.of(
                        Path.of(System.getProperty("java.home"), "bin", "keytool")
                                .toString(),
                        "-genkeypair",
                        "-keyalg",
                        "EC",
                        "-alias",
                        "redis",
                        "-dname",
                        "CN=" + HOST,
                        "-ext",
                        "SAN=dns:" + HOST,
                        "-storetype",
                        "PKCS12",
                        "-storepass",
                        PASSWORD,
                        "-keystore",
                        store.toString()))
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        try {
            if (!keytool.waitFor(LONGEST_SECONDS, TimeUnit.SECONDS) || keytool.exitValue() != 0) {
                throw new IOException("keytool made no certificate");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException(e);
        } finally {
            keytool.destroy();
        }
    }

    private void accept() {
        try {
            while (true) {
                Socket client = listener.accept();
                Socket plain = new Socket(server.host(), server.port());
                sockets.addAll(List.of(client, plain));
                TcpProxy.background("tls-requests", () -> pass(client, plain));
                TcpProxy.background("tls-replies", () -> pass(plain, client));
            }
        } catch (IOException closed) {
            close();
        }
    }

    private void pass(Socket from, Socket to) {
        try (from;
                to;
                InputStream in = from.getInputStream()) {
            in.transferTo(to.getOutputStream());
        } catch (IOException closedOrRefused) {
            sockets.removeAll(List.of(from, to));
        }
    }

    private static void closeQuietly(AutoCloseable open) {
        try {
            open.close();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }
}
