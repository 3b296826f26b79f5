package suite;

/** One thing that is measured. */
interface Part {
    void measure(Report report, boolean quick) throws Exception;
}
