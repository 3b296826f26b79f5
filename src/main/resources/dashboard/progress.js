// A bar in three parts: completed, failed, cancelled; what is left of it is still to come.

import { el } from './dom.js';

const PARTS = ['completed', 'failed', 'cancelled'];

export function progressBar(place, progress) {
  let bar = place.querySelector('.progress');
  if (!bar) {
    bar = el('div', { class: 'progress', role: 'img' }, ...PARTS.map(part => el('span', { class: part })));
    place.append(bar);
  }
  const words = PARTS.filter(part => progress[part]).map(part => `${progress[part]} ${part}`);
  bar.setAttribute('aria-label', `${words.join(', ') || 'none ended'} of ${progress.total}`);
  PARTS.forEach((part, i) => {
    bar.children[i].style.inlineSize = `${100 * progress[part] / Math.max(1, progress.total)}%`;
  });
}
