// The newest dispatches in words, for who cannot see the timeline or wants the numbers. Made only while it is open.

import { el, keyed, setText } from './dom.js';
import { batchNumber, gap, short, span, time, title } from './format.js';
import { OUTCOMES } from './marks.js';
import { seen } from './queue.js';

const MOST = 20;
const COLUMNS = ['Started', 'After', 'Priority', 'Batch', 'Attempt', 'Outcome', 'Took'];

export function recentTable(details) {
  const body = el('tbody');
  details.querySelector('.scroll').append(el('table', { class: 'list' },
    el('thead', {}, el('tr', {}, ...COLUMNS.map(name => el('th', { scope: 'col' }, name)))), body));
  const draw = () => {
    if (details.open) {
      const newest = seen().slice(-MOST - 1);
      keyed(body, newest.slice(-MOST).reverse(), each => each.slot, each => row(each, newest), update);
    }
  };
  details.addEventListener('toggle', draw);
  return draw;
}

function row(each, newest) {
  const before = newest.find(other => other.slot === each.slot - 1);
  return el('tr', {},
    el('td', {}, time(each.started)),
    el('td', { class: 'n' }, before ? gap(each.started - before.started) : '–'),
    el('td', {}, el('i', { class: `key ${each.priority.toLowerCase()}` }), title(each.priority)),
    el('td', {}, el('a', { href: `#/ingestions/${encodeURIComponent(each.ingestion_id)}` },
      `${batchNumber(each.batch_id)} of ${short(each.ingestion_id)}`)),
    el('td', { class: 'n' }, String(each.attempt)),
    el('td', {}), el('td', { class: 'n' }));
}

function update(node, each) {
  setText(node.children[5], `${OUTCOMES[each.outcome]?.words ?? 'in flight'}${each.error ? `: ${each.error}` : ''}`);
  setText(node.children[6], each.ended ? span(each.ended - each.started) : '–');
}
