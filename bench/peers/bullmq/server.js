// Express in front of BullMQ: an ingestion is accepted once Redis has its job. How durable that is, is the Redis server's
// appendfsync: with "always" it is on disk before the answer, with "everysec", which BullMQ's documentation recommends, up to a second later.
import express from 'express';
import { Queue, Worker } from 'bullmq';

const PRIORITIES = { HIGH: 1, MEDIUM: 2, LOW: 3 }; // BullMQ takes the lowest number first
const connection = { host: '127.0.0.1', port: Number(process.env.REDIS_PORT) };
const queue = new Queue('ingestions', { connection });

// The documentation's way to call an API only so often: at most one job in five seconds, over all workers. A job is a whole
// ingestion, one command to Redis however many batches it has, which is the cheapest way to accept it. Fetching is left out.
const worker = new Worker('ingestions', async () => {}, { connection, limiter: { max: 1, duration: 5000 } });
worker.on('error', console.error);

function valid(ids, priority) {
    return (
        Array.isArray(ids) &&
        ids.length >= 1 &&
        ids.length <= 10_000 &&
        ids.every((id) => Number.isInteger(id) && id >= 1 && id <= 1_000_000_007) &&
        Object.hasOwn(PRIORITIES, priority)
    );
}

const app = express();
app.use(express.json({ limit: '1mb' })); // 10,000 ids are more than the 100 kB of the default

app.get('/health', (request, response) => response.json({ status: 'UP' }));

app.post('/ingest', async (request, response) => {
    const { ids, priority = 'MEDIUM' } = request.body ?? {};
    if (!valid(ids, priority)) {
        return response.status(400).json({ error: 'ids or priority' });
    }
    const jobId = crypto.randomUUID();
    await queue.add('ingest', { ids }, { jobId, priority: PRIORITIES[priority] });
    response.json({ ingestion_id: jobId });
});

await queue.waitUntilReady();
app.listen(Number(process.env.PORT), '127.0.0.1');
