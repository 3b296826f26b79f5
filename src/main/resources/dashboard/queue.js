// The queue as this tab knows it: its state, and the dispatches seen, by slot.

import { duration } from './format.js';
import { follow } from './link.js';

/** Some hours at one batch in five seconds; memory does not grow with the time a tab is open. */
const MOST = 3000;
/** Dispatches may come a hundred times a second; nobody reads that fast. */
const PATIENCE = 200;

const listeners = new Set();
let state = null;
let dispatches = [];
const bySlot = new Map();
let due = null;

/** The answer of GET /queue; null before the first one. */
export const queue = () => state;

/** Oldest first; one in flight has no outcome yet. */
export const seen = () => dispatches;

export const interval = () => state ? duration(state.interval) : 5000;

/** The newest, as many as there are: of an older one the end was missed while nothing was heard. */
export function inFlight() {
  const open = dispatches.filter(dispatch => !dispatch.ended_at);
  return state ? open.slice(open.length - Math.min(open.length, state.in_flight)) : [];
}

/** @param listener called when anything has changed, a few times a second at most; returns how to stop that */
export function onChange(listener) {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

function changed() {
  due ??= setTimeout(() => {
    due = null;
    listeners.forEach(listener => listener());
  }, PATIENCE);
}

function receive(type, data) {
  if (type === 'queue') {
    state = data;
  } else if (type === 'dispatch') {
    add(data);
  }
  changed();
}

function add(told) {
  const dispatch = {
    ...told,
    started: Date.parse(told.started_at),
    ended: told.ended_at ? Date.parse(told.ended_at) : null,
  };
  const known = bySlot.get(dispatch.slot);
  if (known) {
    Object.assign(known, dispatch);
    return;
  }
  bySlot.set(dispatch.slot, dispatch);
  // Nearly always the newest; what was missed may come late.
  let place = dispatches.length;
  while (place > 0 && dispatches[place - 1].slot > dispatch.slot) {
    place--;
  }
  dispatches.splice(place, 0, dispatch);
  if (dispatches.length > MOST) {
    dispatches.splice(0, dispatches.length - MOST).forEach(old => bySlot.delete(old.slot));
  }
}

/** Takes the answer of an order as news: what was ordered is shown at once. */
export function learn(answer) {
  state = answer;
  changed();
}

/** How many batches wait, for a slot or for their retry. */
export function waiting(of = state) {
  return Object.values(of?.waiting ?? {}).reduce((sum, each) => sum + each.batches + each.retrying, 0);
}

export function start() {
  follow('queue/events', { receive, changed });
}
