package dev.batchgate.access;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.security.authentication.AbstractAuthenticationToken;
import org.springframework.security.core.authority.SimpleGrantedAuthority;

/** A request that came with a key, in its head or in a session. */
final class KeyAuthentication extends AbstractAuthenticationToken {

    private static final long serialVersionUID = 1;

    private final transient ApiKey key;

    KeyAuthentication(ApiKey key) {
        super(List.of(new SimpleGrantedAuthority(key.role().name())));
        this.key = key;
        setAuthenticated(true);
    }

    ApiKey key() {
        return key;
    }

    /** Not kept: nobody needs it any more. */
    @Override
    public Object getCredentials() {
        return "";
    }

    @Override
    public Object getPrincipal() {
        return key.name();
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return this == other;
    }

    @Override
    public int hashCode() {
        return System.identityHashCode(this);
    }
}
