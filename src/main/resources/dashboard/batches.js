// The batches of an ingestion: all of them as a map, and a page of them as a table. However many there are, no more than
// a page is in the document.

import { batchMap } from './batch-map.js';
import { el, keyed, setText } from './dom.js';
import { batches as batchesOf, batchNumber, count, span, status, time } from './format.js';
import { pager } from './pager.js';

const PAGE = 50;
const FILTERS = ['failed', 'triggered', 'yet_to_start', 'completed', 'cancelled'];
const COLUMNS = ['Batch', 'Ids', 'Status', 'Attempts', 'Started', 'Took', 'What happened'];

export function batchList(section) {
  const all = [];
  const places = new Map();
  const body = el('tbody');
  section.querySelector('[data-batches]').append(el('div', { class: 'scroll', tabindex: 0, role: 'region', 'aria-label': 'Batches' }, el('table', { class: 'list batch-table' },
    el('thead', {}, el('tr', {}, ...COLUMNS.map(name => el('th', { scope: 'col' }, name)))), body)));
  const filters = filterGroup(section.querySelector('[data-filter]'), () => {
    pages.first();
  });
  const pages = pager(section.querySelector('[data-batch-pager]'), PAGE, () => draw());
  const map = batchMap(section.querySelector('[data-map]'), place => {
    filters.clear();
    pages.to(place);
  });

  const draw = () => {
    const counts = tally(all);
    filters.draw(counts, all.length);
    const shown = filters.chosen() ? all.filter(batch => batch.status === filters.chosen()) : all;
    setText(section.querySelector('[data-batch-count]'), batchesOf(all.length));
    const [from, to] = pages.range(shown.length);
    keyed(body, shown.slice(from, to), batch => batch.batch_id, row, update);
    map(all);
  };
  return {
    /** All of them, or those that have changed. */
    learn(news) {
      for (const batch of news) {
        const place = places.get(batch.batch_id) ?? all.length;
        places.set(batch.batch_id, place);
        all[place] = batch;
      }
    },
    draw,
  };
}

function tally(all) {
  const counts = {};
  for (const batch of all) {
    counts[batch.status] = (counts[batch.status] ?? 0) + 1;
  }
  return counts;
}

function filterGroup(group, changed) {
  const choose = (value, name) => el('label', {}, el('input', { type: 'radio', name: 'filter', value, onchange: changed }),
    el('span', {}, name, ' ', el('b')));
  group.append(choose('', 'all'), ...FILTERS.map(name => choose(name, status(name))));
  const inputs = [...group.querySelectorAll('input')];
  inputs[0].checked = true;
  return {
    chosen: () => inputs.find(input => input.checked).value,
    clear: () => {
      inputs[0].checked = true;
    },
    draw(counts, total) {
      for (const input of inputs) {
        const number = input.value ? counts[input.value] ?? 0 : total;
        setText(input.nextSibling.querySelector('b'), count(number));
        input.parentElement.hidden = number === 0 && !input.checked;
      }
    },
  };
}

function row(batch) {
  return el('tr', {}, el('th', { scope: 'row', class: 'n' }, batchNumber(batch.batch_id)),
    el('td', { class: 'ids', title: batch.ids.slice(0, 100).join(', ') }, batch.ids.slice(0, 5).join(', ') + (batch.ids.length > 5 ? ` and ${count(batch.ids.length - 5)} more` : '')),
    el('td', { class: 'c-status' }), el('td', { class: 'n' }), el('td', {}), el('td', { class: 'n' }), el('td', { class: 'why' }));
}

function update(node, batch) {
  const [, , state, attempts, started, took, why] = node.children;
  state.dataset.status = batch.status;
  setText(state, status(batch.status));
  setText(attempts, String(batch.attempts));
  setText(started, batch.started_at ? time(batch.started_at) : '–');
  setText(took, batch.finished_at && batch.started_at ? span(Date.parse(batch.finished_at) - Date.parse(batch.started_at)) : '–');
  const again = batch.next_attempt_at ? `tried again from ${time(batch.next_attempt_at)}` : '';
  const hidden = batch.unknown_outcomes ? `${batch.unknown_outcomes} × outcome unknown after a crash` : '';
  setText(why, [batch.error, again, hidden].filter(Boolean).join('; '));
}
