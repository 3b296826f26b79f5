package dev.batchgate.terminal;

import picocli.CommandLine.IVersionProvider;

/** Which Batchgate this is, as its jar says. */
final class Version implements IVersionProvider {

    @Override
    public String[] getVersion() {
        String version = Version.class.getPackage().getImplementationVersion();
        return new String[] {"Batchgate " + (version == null ? "(not from a jar)" : version)};
    }
}
