package io.ratelimit.sample;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.multipart.MultipartFile;

/** Counts what is uploaded and keeps nothing. */
@RestController
class UploadController {
    @PostMapping("/upload")
    Upload body(InputStream body) throws IOException {
        return new Upload(body.transferTo(OutputStream.nullOutputStream()));
    }

    @PostMapping(path = "/upload", consumes = MediaType.MULTIPART_FORM_DATA_VALUE)
    Upload file(@RequestParam MultipartFile file) {
        return new Upload(file.getSize());
    }

    record Upload(long bytes) {}
}
