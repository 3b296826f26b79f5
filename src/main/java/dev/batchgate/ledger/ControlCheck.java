package dev.batchgate.ledger;

/** Orders are about what was there, and say of it what was so; what they asked for again is told by its own row as well. */
final class ControlCheck implements Check {

    private final Findings findings;
    private final Backlog backlog;

    ControlCheck(Findings findings, Backlog backlog) {
        this.findings = findings;
        this.backlog = backlog;
    }

    @Override
    public void ordered(Control control) {
        backlog.toBeAskedBy(control).stream()
                .filter(last -> !backlog.canBeAsked(last, control))
                .forEach(this::contradict);
        if (control.ingestion() == null) {
            return;
        }
        Course course = backlog.course(control.ingestion());
        if (course == null) {
            findings.add(
                    "ledger",
                    "control %d is about ingestion %d, which had not been accepted",
                    control.number(),
                    control.ingestion());
        } else if (control.isMove()) {
            requireBefore(control, course);
        }
    }

    private void contradict(LastDispatch last) {
        findings.add(
                "ledger",
                "slot %d says that control %d asked for %s again, which it did not",
                last.dispatch().slot(),
                last.dispatch().retried(),
                last.dispatch().name());
    }

    private void requireBefore(Control control, Course course) {
        if (!course.priority().equals(control.before())) {
            findings.add(
                    "priority",
                    "control %d moved ingestion %d from %s, though it was %s",
                    control.number(),
                    control.ingestion(),
                    control.before(),
                    course.priority());
        }
    }

    @Override
    public void end() {
        backlog.toBeAsked().forEach(asked -> asked.forEach(this::contradict));
        backlog.courses().forEach(course -> course.noted().forEach(this::requireAsked));
    }

    private void requireAsked(LastDispatch last) {
        Control control = last.forgottenBy();
        if (control != null) {
            findings.add(
                    "at least once",
                    "control %d asked for what had failed of ingestion %d again, but not for its batch %d",
                    control.number(),
                    last.dispatch().ingestion(),
                    last.batch() + 1);
        }
    }
}
