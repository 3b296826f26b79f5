package dev.batchgate.transfer;

/** Why nothing can be copied, in whole sentences and without a secret. Nothing has been changed. */
final class NotCopied extends Exception {

    private static final long serialVersionUID = 1;

    NotCopied(String sentences) {
        super(sentences);
    }
}
