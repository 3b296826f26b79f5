-- Where a submission came from, and who is to be told of its end.
ALTER TABLE ingestion ADD COLUMN owner        text; -- name of the key that it was handed in with; null: the service was open
ALTER TABLE ingestion ADD COLUMN callback_url text;
ALTER TABLE ingestion ADD COLUMN traceparent  text; -- as in the W3C's Trace Context
-- An idempotency_key is its owner's: it is kept behind the owner's name and a line break, if there is an owner.
