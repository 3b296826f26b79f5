package dev.batchgate.dashboard;

import io.swagger.v3.oas.annotations.Hidden;
import jakarta.servlet.http.HttpServletRequest;
import java.net.URI;
import java.util.Optional;
import org.springframework.core.io.Resource;
import org.springframework.http.CacheControl;
import org.springframework.http.HttpMethod;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.servlet.resource.NoResourceFoundException;

/**
 * The page and its files. Nothing runs in it that does not come from here: what an upstream says is shown on this page,
 * and the policy holds even if a script should forget that.
 */
@Hidden // It is for people; the description is for programs.
@RestController
class DashboardController {

    private static final String POLICY = String.join(
            "; ",
            "default-src 'none'",
            "script-src 'self'",
            "style-src 'self'",
            "connect-src 'self'",
            "img-src 'self' data:",
            "base-uri 'none'",
            "form-action 'none'",
            "frame-ancestors 'none'",
            "require-trusted-types-for 'script'",
            "trusted-types 'none'");

    private final Assets assets;

    DashboardController(Assets assets) {
        this.assets = assets;
    }

    /** All that the page refers to is relative to it; without the last slash it would be looked for beside the context path. */
    @GetMapping({"", "/"})
    ResponseEntity<Resource> page(HttpServletRequest request) throws NoResourceFoundException {
        String path = request.getRequestURI();
        return path.endsWith("/")
                ? file(Assets.PAGE, request)
                : ResponseEntity.status(HttpStatus.PERMANENT_REDIRECT)
                        .location(URI.create(path + "/"))
                        .build();
    }

    @GetMapping("/dashboard/{name}")
    ResponseEntity<Resource> own(@PathVariable String name, HttpServletRequest request)
            throws NoResourceFoundException {
        return file(name, request);
    }

    @GetMapping("/dashboard/uplot/{name}")
    ResponseEntity<Resource> uplot(@PathVariable String name, HttpServletRequest request)
            throws NoResourceFoundException {
        return file("uplot/" + name, request);
    }

    private ResponseEntity<Resource> file(String name, HttpServletRequest request) throws NoResourceFoundException {
        Optional<Asset> found = assets.find(name);
        if (found.isEmpty()) {
            throw new NoResourceFoundException(HttpMethod.valueOf(request.getMethod()), request.getRequestURI(), name);
        }
        Asset asset = found.get();
        return ResponseEntity.ok()
                // Asked for again each time, and answered with 304: after an upgrade no old script meets a new page.
                .cacheControl(CacheControl.noCache())
                .eTag(asset.etag())
                .contentType(asset.type())
                .header("Content-Security-Policy", POLICY)
                .body(asset.content());
    }
}
