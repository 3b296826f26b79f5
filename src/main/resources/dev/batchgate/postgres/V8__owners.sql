-- Apart from where its column is added and where replicas of the version before are held up: it takes as long as the table is large.
CREATE INDEX ingestion_by_owner ON ingestion (owner, sequence) WHERE owner IS NOT NULL;
