CREATE TABLE IF NOT EXISTS ingestion (
    id uuid PRIMARY KEY,
    priority text NOT NULL,
    ids integer[] NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now()
);
