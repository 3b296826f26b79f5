package dev.batchgate.terminal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a file of ids may look like. */
class IdListTests {

    private static final long GREATEST = 1_000_000_007;

    private static long[] read(String text) {
        return IdList.of("-", new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)), GREATEST);
    }

    @Test
    void blankLinesAndCommentsAreForPeople() {
        assertThat(read("# mine\n1\n\n  \t \n  2  \n # 3\n4")).containsExactly(1, 2, 4);
    }

    @Test
    void everySystemsLinesAreRead() {
        assertThat(read("\ufeff1\r\n2\r\n\r\n3\r4\n\n5\r\n")).containsExactly(1, 2, 3, 4, 5);
    }

    @Test
    void orderAndDuplicatesAreKept() {
        assertThat(read("3\n1\n3\n1000000007\n")).containsExactly(3, 1, 3, GREATEST);
    }

    @Test
    void blanksDoNotHideWhatComesAfterThem() {
        assertThat(read(" ".repeat(500) + "7" + " ".repeat(500) + "\n8")).containsExactly(7, 8);
        assertThatThrownBy(() -> read("7" + " ".repeat(500) + "8"))
                .isInstanceOf(Failure.class)
                .hasMessageContaining("line 1");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "0",
                "-1",
                "+1",
                "007",
                "1.0",
                "1e3",
                "0x1",
                "1,2",
                "1 2",
                "\"1\"",
                "1000000008",
                "99999999999999999999",
                "id",
                "１",
                "1\u0000",
                "{}",
                "1#"
            })
    void whatIsNoIdIsRefusedWithItsLine(String id) {
        assertThatThrownBy(() -> read("1\r\n# two\r\n" + id + "\r\n4"))
                .isInstanceOf(Failure.class)
                .hasMessageContaining("standard input, line 3: ")
                .hasMessageContaining("Nothing has been sent.");
    }

    @Test
    void aLineWithoutEndIsNotHeld() {
        assertThatThrownBy(() -> read("1".repeat(10_000_000)))
                .isInstanceOf(Failure.class)
                .message()
                .hasSizeLessThan(250);
    }

    @Test
    void whatABadLineSaysDoesNotReachTheTerminalAsItIs() {
        assertThatThrownBy(() -> read("\u001b[31m1")).message().doesNotContain("\u001b");
    }

    @Test
    void aHundredThousandAreRead(@TempDir Path folder) throws Exception {
        Path file = Files.writeString(
                folder.resolve("ids"),
                IntStream.rangeClosed(1, 100_000).mapToObj(Integer::toString).collect(Collectors.joining("\n")));

        assertThat(IdList.of(file.toString(), ByteArrayInputStream.nullInputStream(), GREATEST))
                .hasSize(100_000)
                .endsWith(100_000);
    }

    @Test
    void aFileWithoutIdsIsMistaken(@TempDir Path folder) throws Exception {
        String empty = Files.createFile(folder.resolve("empty")).toString();
        for (String file :
                new String[] {empty, folder.toString(), folder.resolve("none").toString(), "a\u0000b"}) {
            assertThatThrownBy(() -> IdList.of(file, ByteArrayInputStream.nullInputStream(), GREATEST))
                    .isInstanceOf(Failure.class);
        }
    }
}
