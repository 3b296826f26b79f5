package dev.batchgate.access;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** What a key is good for. */
enum Role {
    /** Hands in, and sees and orders what was handed in with it. */
    SUBMIT,
    /** Sees and orders everything, the gate included. */
    ADMIN;

    /** As it is configured. */
    static Optional<Role> of(String name) {
        return Arrays.stream(values())
                .filter(role -> role.configured().equals(name))
                .findFirst();
    }

    String configured() {
        return name().toLowerCase(Locale.ROOT);
    }
}
