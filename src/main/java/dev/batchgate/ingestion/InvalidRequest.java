package dev.batchgate.ingestion;

import java.util.List;
import tools.jackson.databind.DeserializationContext;

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

    /**
     * Throws if this member has been read before in the same body: nobody can say which of the two was meant. Asked for
     * each member that counts, since a parser that watches all names keeps all names, and a body may hold a million of
     * them.
     */
    static void requireFirst(String pointer, DeserializationContext body) {
        if (body.getAttribute(pointer) != null) {
            throw new InvalidRequest(pointer, "is there twice");
        }
        body.setAttribute(pointer, true);
    }

    List<InvalidField> fields() {
        return fields;
    }
}
