package dev.batchgate.ingestion;

import java.util.List;

/** Refusal of a body whose fields break the rules; says which and why, for every field it names. */
final class InvalidRequest extends RuntimeException {

    private static final long serialVersionUID = 1;

    private final transient List<InvalidField> fields;

    InvalidRequest(List<InvalidField> fields) {
        super(fields.toString());
        this.fields = List.copyOf(fields);
    }

    InvalidRequest(String pointer, String detail) {
        this(List.of(new InvalidField(pointer, detail)));
    }

    List<InvalidField> fields() {
        return fields;
    }
}
