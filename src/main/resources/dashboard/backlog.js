// What waits, by priority, and what is in flight.

import { now } from './clock.js';
import { el, keyed, setText, show } from './dom.js';
import { batchNumber, batches, count, short, span, title } from './format.js';
import { isLive } from './link.js';
import { inFlight, onChange, queue, waiting } from './queue.js';
import { onSecond } from './ticker.js';

/** Of more in flight than that, the newest are shown. */
const MOST = 8;

export function backlog(section) {
  const body = section.querySelector('tbody');
  const total = section.querySelector('[data-total]');
  const flying = section.querySelector('[data-in-flight]');
  const idle = section.querySelector('[data-nothing-in-flight]');
  const flyingCount = section.querySelector('[data-in-flight-count]');

  const draw = () => {
    const state = queue();
    if (!state) {
      return;
    }
    const rows = Object.entries(state.waiting);
    const most = Math.max(1, ...rows.map(([, each]) => each.batches + each.retrying));
    setText(total, waiting(state) ? `${batches(waiting(state))}` : 'nothing waits');
    keyed(body, rows, ([priority]) => priority, row, (node, [, each]) => update(node, each, most));
    setText(flyingCount, `${state.in_flight} of ${state.max_in_flight}`);
    show(idle, state.in_flight === 0);
    keyed(flying, inFlight().slice(-MOST), each => each.slot, flight, age);
  };
  draw();
  const stops = [onChange(draw), onSecond(() => isLive() && draw())];
  return () => stops.forEach(stop => stop());
}

function row([priority]) {
  return el('tr', {},
    el('th', { scope: 'row' }, el('i', { class: `key ${priority.toLowerCase()}` }), title(priority)),
    el('td', { class: 'bar-cell' }, el('span', { class: `bar ${priority.toLowerCase()}` })),
    el('td', { class: 'n' }), el('td', { class: 'n' }), el('td', { class: 'n' }));
}

function update(node, each, most) {
  const [, bar, ready, retrying, oldest] = node.children;
  const width = (each.batches + each.retrying) / most;
  bar.firstChild.style.inlineSize = `${each.batches + each.retrying ? Math.max(1, width * 100) : 0}%`;
  setText(ready, count(each.batches));
  setText(retrying, each.retrying ? count(each.retrying) : '–');
  setText(oldest, each.oldest ? span(now() - Date.parse(each.oldest)) : '–');
}

function flight(dispatch) {
  return el('li', {},
    el('i', { class: `key ${dispatch.priority.toLowerCase()}` }),
    el('a', { href: `#/ingestions/${encodeURIComponent(dispatch.ingestion_id)}` },
      `batch ${batchNumber(dispatch.batch_id)} of ${short(dispatch.ingestion_id)}`),
    el('span', { class: 'soft' }, dispatch.attempt > 1 ? `attempt ${dispatch.attempt}, ` : ''),
    el('span', { class: 'soft' }));
}

function age(node, dispatch) {
  const seconds = Math.floor((now() - dispatch.started) / 1000);
  setText(node.lastChild, seconds < 1 ? 'since a moment' : `for ${span(seconds * 1000).replace('.0', '')}`);
}
