// First, previous, next and last page of a list that is all there.

import { announce } from './announce.js';
import { el, setText, show } from './dom.js';
import { count } from './format.js';

export function pager(nav, size, changed) {
  let page = 0;
  let last = 0;
  const go = to => {
    page = to;
    changed();
    announce(where.textContent);
  };
  const button = (name, to) => el('button', { type: 'button', onclick: () => go(to()) }, name);
  const first = button('First', () => 0);
  const previous = button('Previous', () => Math.max(0, page - 1));
  const next = button('Next', () => Math.min(last, page + 1));
  const end = button('Last', () => last);
  const where = el('span', { class: 'soft' });
  nav.append(first, previous, where, next, end);
  return {
    first: () => go(0),
    /** To the page with the item at a place. */
    to: place => go(Math.floor(place / size)),
    /** Which of so many items are on the page. */
    range(total) {
      last = Math.max(0, Math.ceil(total / size) - 1);
      page = Math.min(page, last);
      const from = page * size;
      const to = Math.min(total, from + size);
      show(nav, last > 0);
      setText(where, `${count(from + 1)} to ${count(to)} of ${count(total)}`);
      first.disabled = previous.disabled = page === 0;
      next.disabled = end.disabled = page === last;
      return [from, to];
    },
  };
}
