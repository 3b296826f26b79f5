package dev.batchgate.postgres;

import dev.batchgate.ingestion.FairnessContract;
import dev.batchgate.ingestion.InterleavingContract;
import java.util.Random;

class FairnessTests extends FairnessContract {

    @Override
    protected InterleavingContract.Stage stage() {
        return new InterleavingTests().stage(new Random(1));
    }
}
