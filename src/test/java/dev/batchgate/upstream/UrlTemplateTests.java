package dev.batchgate.upstream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.batchgate.ingestion.StartRefused;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class UrlTemplateTests {

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    https://api.example/items?key=s3cret              | needs {id} or {ids}, once
                    https://api.example/{id}/{id}?key=s3cret          | needs {id} or {ids}, once
                    https://api.example/{id}/{ids}?key=s3cret         | needs {id} or {ids}, once
                    https://api.example/{name}/{id}?key=s3cret        | is not a URL
                    https://api.example/a b/{id}?key=s3cret           | is not a URL
                    https://api.example/{id}?key=s3cret%              | is not a URL
                    ftp://api.example/{id}?key=s3cret                 | must be an http or https URL
                    /items/{id}?key=s3cret                            | must be an http or https URL
                    https:api.example/{id}?key=s3cret                 | names no host
                    https:///{id}?key=s3cret                          | names no host
                    https://user:s3cret@api.example/{id}              | names a user
                    https://s3cret-{id}.example/items                 | in the path or query
                    https://{id}/items?key=s3cret                     | in the path or query
                    https://api.example:80{id}/items?key=s3cret       | in the path or query
                    https://api_s3cret.example/{id}                   | a host that is not valid
                    https://api..example/{id}?key=s3cret              | a host that is not valid
                    https://1.2.3.456/{id}?key=s3cret                 | a host that is not valid
                    https://bücher.example/{id}?key=s3cret            | a host that is not valid
                    https://api.example:port/{id}?key=s3cret          | a host that is not valid
                    https://api.example:0/{id}?key=s3cret             | a port that is not
                    https://api.example:99999/{id}?key=s3cret         | a port that is not
                    https://api.example/{id}#s3cret                   | has a fragment
                    https://api.example/#s3cret{id}                   | has a fragment
                    """)
    void whatNoIdCanBeFetchedWithIsRefusedAndNotShown(String url, String problem) {
        assertThatThrownBy(() -> new UrlTemplate(url))
                .isInstanceOf(StartRefused.class)
                .hasMessageContaining(problem)
                .hasMessageNotContaining("s3cret")
                .hasNoCause();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://localhost/{id}",
                "HTTPS://api.example:8443/v1/{id}.json?full=1",
                "https://[::1]:8080/{id}",
                "https://10.0.0.1?ids={ids}",
                "https://xn--bcher-kva.example/b%C3%BCcher/{id}",
            })
    void whatIsAUrlWithAPlaceForIdsIsTaken(String url) {
        assertThat(new UrlTemplate(url).targets(List.of(7L, 8L)).get(0).uri().toString())
                .isEqualTo(url.replace("{id}", "7").replace("{ids}", "7,8"));
    }
}
