// All batches at a glance: up to 240 cells, each for as many batches as it takes. Drawn for the eye; the table beside it
// says the same in words.

import { el } from './dom.js';

const MOST = 240;
/** The first of these that is in a cell gives it its look. */
const LOUDEST = ['failed', 'triggered'];

export function batchMap(place, jump) {
  let size = 1;
  place.addEventListener('click', event => {
    const cell = event.target.closest('i');
    if (cell) {
      jump([...place.children].indexOf(cell) * size);
    }
  });
  return all => {
    size = Math.max(1, Math.ceil(all.length / MOST));
    const cells = Math.ceil(all.length / size);
    while (place.children.length > cells) {
      place.lastChild.remove();
    }
    while (place.children.length < cells) {
      place.append(el('i'));
    }
    for (let cell = 0; cell < cells; cell++) {
      const status = look(all, cell * size, Math.min(all.length, (cell + 1) * size));
      if (place.children[cell].dataset.status !== status) {
        place.children[cell].dataset.status = status;
      }
    }
  };
}

function look(all, from, to) {
  const first = all[from].status;
  let same = true;
  let loudest = null;
  for (let i = from; i < to; i++) {
    const { status } = all[i];
    same &&= status === first;
    if (LOUDEST.includes(status) && (loudest === null || LOUDEST.indexOf(status) < LOUDEST.indexOf(loudest))) {
      loudest = status;
    }
  }
  return loudest ?? (same ? first : 'partly');
}
