package io.ratelimit.spring.web.servlet;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.security.Principal;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import org.springframework.http.ResponseEntity;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.CrossOrigin;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseBody;
import org.springframework.web.multipart.MultipartFile;
import org.springframework.web.servlet.mvc.method.annotation.SseEmitter;

/** The handlers whose invocations the tests count. */
@Controller
class Endpoints {
    private final Switchboard board;

    Endpoints(Switchboard board) {
        this.board = board;
    }

    private String handled(String answer) {
        board.handled.incrementAndGet();
        return answer;
    }

    @RequestMapping("/limited")
    @ResponseBody
    String limited() {
        return handled("limited");
    }

    @RequestMapping("/limited/{id}")
    @ResponseBody
    String limitedById(@PathVariable String id) {
        return handled("limited " + id);
    }

    @RequestMapping("/items/{first}/{second}")
    @ResponseBody
    String twoVariables(@PathVariable String first, @PathVariable String second) {
        return handled(first + " " + second);
    }

    @GetMapping("/only-get")
    @ResponseBody
    String onlyGet() {
        return handled("get");
    }

    @RequestMapping("/free")
    @ResponseBody
    String free() {
        return handled("free");
    }

    @PostMapping("/login")
    ResponseEntity<String> login(@RequestHeader(name = "X-Password", defaultValue = "wrong") String password) {
        handled("login");
        return ResponseEntity.status(password.equals("right") ? 200 : 401).body("login");
    }

    @PostMapping("/async-login")
    CompletableFuture<ResponseEntity<String>> asyncLogin(
            @RequestHeader(name = "X-Password", defaultValue = "wrong") String password) {
        return CompletableFuture.supplyAsync(() -> login(password));
    }

    @PostMapping("/failing-login")
    String failingLogin() {
        handled("login");
        throw new IllegalStateException("The user store is gone");
    }

    @PostMapping("/async-failing-login")
    Callable<String> asyncFailingLogin() {
        return this::failingLogin;
    }

    @GetMapping("/forward")
    String forward() {
        return "forward:/limited";
    }

    @GetMapping("/forward-to-queue")
    String forwardToQueue() {
        return "forward:/queue";
    }

    @GetMapping("/include")
    void include(HttpServletRequest request, HttpServletResponse response) throws ServletException, IOException {
        request.getRequestDispatcher("/limited").include(request, response);
    }

    @GetMapping("/async-to-limited")
    void asyncTo(HttpServletRequest request, HttpServletResponse response) {
        AsyncContext context = request.startAsync(request, response);
        context.dispatch("/limited");
    }

    /** Goes on elsewhere before this dispatch has come back through the filters. */
    @GetMapping("/async-to-denied")
    void asyncToDenied(HttpServletRequest request, HttpServletResponse response) {
        request.startAsync(request, response).dispatch("/denied");
    }

    @GetMapping("/denied")
    ResponseEntity<String> denied() {
        return ResponseEntity.status(401).body(handled("denied"));
    }

    @GetMapping("/async")
    @ResponseBody
    Callable<String> async() {
        return () -> handled("async");
    }

    @GetMapping("/error-page")
    void errorPage(HttpServletResponse response) throws IOException {
        handled("error");
        response.sendError(418);
    }

    @GetMapping("/throws")
    void throwing() {
        handled("throws");
        throw new IllegalStateException("A defect of the application");
    }

    @GetMapping("/sse")
    SseEmitter sse() throws IOException {
        handled("sse");
        SseEmitter emitter = new SseEmitter();
        Thread sender = new Thread(() -> {
            try {
                emitter.send("one");
                emitter.send("two");
                emitter.complete();
            } catch (IOException clientGone) {
                emitter.completeWithError(clientGone);
            }
        });
        sender.start();
        return emitter;
    }

    @PostMapping("/upload")
    @ResponseBody
    String upload(@RequestParam MultipartFile file) throws IOException {
        return handled("uploaded " + new String(file.getBytes(), java.nio.charset.StandardCharsets.UTF_8));
    }

    @RequestMapping("/queue")
    @ResponseBody
    String queue(HttpServletRequest request) {
        return handled(request.getDispatcherType() == DispatcherType.ASYNC ? "waited" : "at once");
    }

    @PostMapping("/queue/echo")
    @ResponseBody
    String queueEcho(@RequestBody String body, Principal user) {
        return handled(body + " of " + (user == null ? "nobody" : user.getName()));
    }

    @GetMapping("/user/me")
    @ResponseBody
    String me(Principal user) {
        return handled(user == null ? "nobody" : user.getName());
    }

    @GetMapping("/annotated")
    @ResponseBody
    String annotated() {
        return handled("annotated");
    }

    @GetMapping("/annotated/{tenant}")
    @ResponseBody
    String annotatedByTenant(@PathVariable String tenant, @RequestParam Map<String, String> parameters) {
        return handled("annotated " + tenant);
    }

    @GetMapping("/asks")
    @ResponseBody
    String asks(HttpServletRequest request) {
        return board.ask(request);
    }

    @GetMapping("/cross-origin")
    @CrossOrigin(origins = "https://good.example", exposedHeaders = "X-Own")
    @ResponseBody
    String crossOrigin() {
        return handled("cross-origin");
    }
}
