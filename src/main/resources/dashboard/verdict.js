// How an ingestion is, as a sentence.

import { count, many } from './format.js';

const WAITS = {
  slot: () => 'it is the next one',
  earlier: position => `${many(position, 'batch', 'batches')} that came earlier ${position === 1 ? 'goes' : 'go'} first`,
  higher_priority: position => `${many(position, 'batch', 'batches')} ${position === 1 ? 'goes' : 'go'} first, more urgent ones among them`,
  turn: position => `it is another key’s turn, ${many(position, 'batch', 'batches')} before its own`,
  in_flight: () => 'it waits for what is in flight',
  paused: () => 'the queue is paused',
  upstream_retry_after: () => 'the upstream wants to be left alone for a while',
  backoff: () => 'it waits to try again',
};

export function verdict({ status, progress, position = 0, waiting_for: reason }) {
  const why = WAITS[reason]?.(position);
  switch (status) {
    case 'yet_to_start':
      return why ? `Waiting: ${why}.` : 'Waiting.';
    case 'triggered':
      return why ? `Under way: ${why}.` : 'Under way.';
    case 'completed':
      return 'Completed: every id was fetched.';
    case 'failed':
      return `Failed: ${count(progress.failed)} of ${many(progress.total, 'batch', 'batches')} could not be fetched completely.`;
    case 'cancelled':
      return `Cancelled: ${count(progress.cancelled)} of ${many(progress.total, 'batch', 'batches')} were taken back before they were fetched.`;
    default:
      return status;
  }
}
