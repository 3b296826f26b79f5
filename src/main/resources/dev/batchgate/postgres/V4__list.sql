-- So that what came of a long ingestion is counted by what did not complete.
CREATE INDEX batch_lost ON batch (ingestion, status) WHERE status IN ('failed', 'cancelled');
