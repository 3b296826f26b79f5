// What became of a dispatch, as a shape: colours say the priority.

import { svg } from './dom.js';

export const OUTCOMES = {
  completed: { words: 'completed' },
  failed: { words: 'failed' },
  incomplete: { words: 'some ids tried again' },
  unreachable: { words: 'no connection' },
  unknown: { words: 'outcome unknown' },
  unsent: { words: 'not sent' },
};

const SHAPES = {
  completed: () => svg('circle', { class: 'solid', r: 5 }),
  failed: () => svg('path', { class: 'stroke', d: 'M-4.5-4.5 4.5 4.5M4.5-4.5-4.5 4.5' }),
  incomplete: () => svg('g', {}, svg('circle', { class: 'ring', r: 4.5 }), svg('path', { class: 'solid', d: 'M0-4.5A4.5 4.5 0 0 0 0 4.5Z' })),
  unreachable: () => svg('path', { class: 'ring', d: 'M0-5 5.5 4.5H-5.5Z' }),
  unknown: () => svg('g', {}, svg('rect', { class: 'ring', x: -4.5, y: -4.5, width: 9, height: 9 }), svg('circle', { class: 'solid', r: 1.4 })),
  unsent: () => svg('path', { class: 'stroke', d: 'M-5 0H5' }),
};

/** A mark at a place; without an outcome it is in flight. */
export function mark(outcome, x, y) {
  const shape = SHAPES[outcome]?.() ?? svg('circle', { class: 'ring flying', r: 4.5 });
  return svg('g', { class: 'mark', transform: `translate(${x.toFixed(1)} ${y})` }, shape);
}
