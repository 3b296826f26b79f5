package dev.batchgate;

import java.nio.file.Files;
import java.nio.file.Path;
import org.springframework.util.FileSystemUtils;
import org.sqlite.SQLiteJDBCLoader;

/**
 * The part of SQLite that is not Java. Its driver unpacks it into the folder for temporary files and leaves it there
 * when the process is killed; unpacked into a folder of its own and removed as soon as it is loaded, it leaves nothing
 * behind.
 */
final class NativeLibrary {

    private static final String FOLDER = "org.sqlite.tmpdir";
    private static final String UNPACKED = "org.sqlite.lib.path";

    /** Names a folder that has it unpacked, as the image has: nothing needs to be written then. */
    private static final String VARIABLE = "BATCHGATE_NATIVE_LIBRARIES";

    private NativeLibrary() {}

    /** That it fails does no harm: whoever needs the library tries again, and says what is wrong. */
    static void load() {
        String unpacked = System.getenv(VARIABLE);
        if (unpacked != null) {
            System.setProperty(UNPACKED, unpacked);
        }
        if (System.getProperty(FOLDER) != null || System.getProperty(UNPACKED) != null) {
            return;
        }
        try {
            Path folder = Files.createTempDirectory("batchgate");
            System.setProperty(FOLDER, folder.toString());
            try {
                SQLiteJDBCLoader.initialize();
            } finally {
                System.clearProperty(FOLDER);
                FileSystemUtils.deleteRecursively(folder);
            }
        } catch (Exception later) {
            System.getLogger(NativeLibrary.class.getName()).log(System.Logger.Level.DEBUG, "Not loaded yet", later);
        }
    }
}
