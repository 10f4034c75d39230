package io.ratelimit.sample;

import java.util.List;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

@RestController
class ReportController {
    @GetMapping("/reports")
    List<Report> reports() {
        return List.of(new Report("sales", 12), new Report("stock", 30));
    }

    record Report(String name, int pages) {}
}
