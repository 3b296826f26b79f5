-- So that what came of a long ingestion is counted by what did not complete.
CREATE INDEX dispatch_lost ON dispatch (ingestion, batch_status)
WHERE batch_status IN ('failed', 'cancelled') AND retried IS NULL;
