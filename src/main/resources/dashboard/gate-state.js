// What the gate does, out of the state of the queue and the time.

import { batches, duration, span, time } from './format.js';
import { waiting } from './queue.js';

/** A dial that goes round more often than twice a second says nothing. */
const TOO_FAST = 500;

/**
 * kind: which look; word: one word for it; figure and unit: what the dial says in large; detail: why, and until when;
 * fill: how far the ring is, from 0 to 1.
 */
export function gateState(queue, now) {
  const wait = waiting(queue);
  const next = queue.next_slot_at ? Date.parse(queue.next_slot_at) : null;
  if (queue.paused) {
    return {
      kind: 'paused', word: 'Paused', figure: 'Paused', unit: '', fill: 0,
      detail: wait ? `${batches(wait)} ${wait === 1 ? 'waits' : 'wait'}. Nothing is dispatched until it is resumed.`
        : 'Nothing is dispatched until it is resumed.',
    };
  }
  const closed = queue.closed_until ? Date.parse(queue.closed_until) : null;
  if (closed && closed > now) {
    return {
      kind: 'closed', word: 'Closed', ...countdown(closed - now), fill: 1,
      detail: `The upstream wants to be left alone until ${time(closed)}.`,
    };
  }
  const ready = Object.values(queue.waiting).some(each => each.batches > 0);
  if (ready && duration(queue.interval) < TOO_FAST) {
    return { kind: 'counting', word: 'Busy', figure: 'Busy', unit: '', fill: 1, detail: 'Slots come too fast to be counted down to.' };
  }
  if (next && next > now) {
    const interval = duration(queue.interval);
    return {
      kind: 'counting', word: 'Counting', ...countdown(next - now), fill: Math.min(1, Math.max(0, 1 - (next - now) / interval)),
      detail: wait ? 'to the next slot' : 'to the next slot; nothing waits for it',
    };
  }
  if (queue.in_flight >= queue.max_in_flight) {
    return {
      kind: 'full', word: 'Full', figure: 'Full', unit: '', fill: 1,
      detail: `${batches(queue.in_flight)} in flight, as many as may be. The next one starts when one ends.`,
    };
  }
  return {
    kind: 'open', word: 'Open', figure: 'Open', unit: '', fill: 1,
    detail: ready ? 'The next batch starts.' : wait ? 'What waits, waits for its retry.' : 'What is submitted now starts at once.',
  };
}

function countdown(millis) {
  if (millis < 100_000) {
    return { figure: (Math.ceil(millis / 100) / 10).toFixed(1), unit: 's' };
  }
  return { figure: span(millis), unit: '' };
}
