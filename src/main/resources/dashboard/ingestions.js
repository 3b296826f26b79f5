// The list of ingestions, newest first, a page at a time.

import { call, inWords, Refused } from './api.js';
import { now } from './clock.js';
import { el, keyed, setText, show } from './dom.js';
import { count, fromNow, isEnded, short, status, time, title } from './format.js';
import { progressBar } from './progress.js';
import { isLive } from './link.js';
import { onChange } from './queue.js';
import { onSecond } from './ticker.js';

const PAGE = 15;
/** The queue may change many times a second; a list that is read by people need not. */
const PATIENCE = 2000;

export function ingestions(section) {
  const place = section.querySelector('[data-list]');
  const newest = section.querySelector('[data-newest]');
  const older = section.querySelector('[data-older]');
  const note = section.querySelector('[data-page-note]');
  const body = el('tbody');
  const table = el('table', { class: 'list' }, head(), body);
  const nothing = empty();
  const trouble = el('p', { class: 'problem' });
  place.append(table, nothing, trouble);
  [table, nothing, trouble].forEach(part => show(part, false));
  let before = null;
  let next = null;
  let pages = 1;
  let rows = [];
  let due = null;
  let readAt = 0;

  const draw = () => {
    show(table, rows.length > 0);
    keyed(body, rows, each => each.ingestion_id, row, update);
  };
  const read = async () => {
    readAt = Date.now();
    const asked = before;
    try {
      const page = await call('GET', `ingestions?limit=${PAGE}${asked ? `&before=${encodeURIComponent(asked)}` : ''}`);
      if (asked === before) {
        ({ ingestions: rows, next = null } = page);
        draw();
        show(nothing, rows.length === 0 && !before);
        show(trouble, false);
        setText(note, pages > 1 ? `page ${pages}` : 'newest first');
        newest.disabled = !before;
        older.disabled = !next;
      }
    } catch (failure) {
      if (asked && failure instanceof Refused && failure.status === 400) {
        // The ingestion that the page was to continue after has expired.
        turn(null, 1);
        return;
      }
      setText(trouble, inWords(failure));
      // Without a connection the banner says so, and what is there stays.
      show(trouble, isLive());
    }
  };
  const soon = () => {
    due ??= setTimeout(() => {
      due = null;
      read();
    }, Math.max(0, readAt + PATIENCE - Date.now()));
  };
  const turn = (to, page) => {
    before = to;
    pages = page;
    read();
  };
  newest.addEventListener('click', () => turn(null, 1));
  older.addEventListener('click', () => turn(next, pages + 1));
  read();
  const stops = [onChange(() => isLive() && soon()), onSecond(() => isLive() && draw())];
  return { soon, stop: () => [...stops, () => clearTimeout(due)].forEach(stop => stop()) };
}

function head() {
  return el('thead', {}, el('tr', {}, ...['Ingestion', 'Priority', 'Accepted', 'Progress', 'Batches', 'Status', 'Done']
    .map(name => el('th', { scope: 'col' }, name))));
}

function row(each) {
  return el('tr', {},
    el('th', { scope: 'row' }, el('a', { href: `#/ingestions/${encodeURIComponent(each.ingestion_id)}`, title: each.ingestion_id },
      short(each.ingestion_id))),
    el('td', { class: 'c-priority' }), el('td', { class: 'c-accepted' }, time(each.created_at)), el('td', { class: 'c-progress' }),
    el('td', { class: 'n c-batches' }), el('td', { class: 'c-status' }), el('td', { class: 'c-done' }));
}

function update(node, each) {
  const [, priority, , progress, batches, state, done] = node.children;
  if (priority.textContent !== title(each.priority)) {
    priority.replaceChildren(el('i', { class: `key ${each.priority.toLowerCase()}` }), title(each.priority));
  }
  progressBar(progress, each.progress);
  const ended = each.progress.completed + each.progress.failed + each.progress.cancelled;
  setText(batches, `${count(ended)} / ${count(each.progress.total)}`);
  setText(state, status(each.status));
  state.dataset.status = each.status;
  setText(done, isEnded(each.status) || !each.estimated_completion_at ? '' : fromNow(each.estimated_completion_at, now()));
}

function empty() {
  const here = new URL('ingest', location.href.split('#')[0]).href;
  return el('div', { class: 'empty' }, el('p', {}, 'Nothing has been handed in yet. Use the form, or:'),
    el('pre', { tabindex: '0' }, `curl ${here} \\\n  -H 'Content-Type: application/json' \\\n  -d '{"ids":[1,2,3,4,5],"priority":"HIGH"}'`));
}
