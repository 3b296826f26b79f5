// The orders there are, each after a question.

import { announce } from './announce.js';
import { call } from './api.js';
import { confirm } from './confirm.js';
import { batches, title } from './format.js';
import { learn, waiting } from './queue.js';

const path = (ingestion, rest = '') => `ingest/${encodeURIComponent(ingestion.ingestion_id)}${rest}`;

/** Batches that an order would still reach. */
const left = ({ progress }) => progress.total - progress.completed - progress.failed - progress.cancelled;

export async function pause() {
  const answer = await confirm({
    title: 'Pause the queue?',
    text: `Nothing is dispatched from then on, by any replica, until it is resumed; ${batches(waiting())} would wait.`
      + ' What is in flight goes on, and submissions are accepted.',
    verb: 'Pause',
    act: () => call('POST', 'queue/pause'),
  });
  done(answer, 'The queue is paused.', learn);
}

export async function resume() {
  const answer = await confirm({
    title: 'Resume the queue?',
    text: 'The next slot opens as soon as the upstream\'s limit allows.',
    verb: 'Resume',
    act: () => call('POST', 'queue/resume'),
  });
  done(answer, 'The queue goes on.', learn);
}

export async function cancel(ingestion, changed) {
  const answer = await confirm({
    title: 'Cancel this ingestion?',
    text: `Up to ${batches(left(ingestion))} will not be fetched. What is in flight ends by itself; what was fetched is kept.`,
    verb: 'Cancel what is left',
    danger: true,
    act: () => call('DELETE', path(ingestion)),
  });
  done(answer, 'Cancelled.', changed);
}

export async function retry(ingestion, changed) {
  const answer = await confirm({
    title: 'Ask for the failed ids again?',
    text: `Those of ${batches(ingestion.progress.failed)}, with all attempts anew. What was fetched is not asked for again.`,
    verb: 'Retry',
    act: () => call('POST', path(ingestion, '/retry')),
  });
  done(answer, 'Queued again.', changed);
}

export async function move(ingestion, priority, changed) {
  const answer = await confirm({
    title: `Move to ${title(priority)}?`,
    text: `What is still to be dispatched, up to ${batches(left(ingestion))}, takes its place among those of that priority,`
      + ' by when it was accepted.',
    verb: 'Move',
    act: () => call('PATCH', path(ingestion), { body: JSON.stringify({ priority }) }),
  });
  done(answer, `Moved to ${title(priority)}.`, changed);
}

function done(answer, words, changed) {
  if (answer) {
    changed(answer);
    announce(words);
  }
}
