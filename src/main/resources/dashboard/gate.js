// The gate as a dial that fills until the next slot.

import { now } from './clock.js';
import { el, setProblem, setText, svg } from './dom.js';
import { exactly, time } from './format.js';
import { gateState } from './gate-state.js';
import { asOf, isLive } from './link.js';
import { pause, resume } from './orders.js';
import { interval, onChange, queue } from './queue.js';
import { onFrame } from './ticker.js';

const RADIUS = 92;
const ROUND = 2 * Math.PI * RADIUS;

export function gate(section) {
  const dial = draw(section.querySelector('[data-dial]'));
  const detail = section.querySelector('[data-detail]');
  const extra = section.querySelector('[data-extra]');
  const button = section.querySelector('[data-toggle-gate]');
  button.addEventListener('click', () => queue()?.paused ? resume() : pause());

  const tick = () => {
    const state = queue();
    const shown = isLive() && state ? gateState(state, now()) : unknown(state);
    dial.root.dataset.kind = shown.kind;
    dial.ring.setAttribute('stroke-dashoffset', (ROUND * (1 - shown.fill)).toFixed(1));
    setText(dial.figure, shown.figure);
    setText(dial.unit, shown.unit);
    dial.figure.classList.toggle('word', !/^\d/.test(shown.figure) || shown.figure.length > 5);
    setText(detail, shown.detail);
  };
  const news = () => {
    const state = queue();
    if (state) {
      button.disabled = false;
      setText(button, state.paused ? 'Resume …' : 'Pause …');
      setText(dial.label, `one batch per ${exactly(interval())}`);
      setProblem(extra, trouble(state.upstream));
    }
    tick();
  };
  news();
  const stops = [onChange(news), onFrame(tick)];
  return () => stops.forEach(stop => stop());
}

/** A clock that nobody sets any more must not go on. */
function unknown(state) {
  const at = asOf();
  return {
    kind: 'lost', figure: '–', unit: '', fill: 0,
    detail: state && at ? `Not connected; as of ${time(at)}.` : 'Connecting …',
  };
}

function trouble(upstream) {
  if (!upstream?.error) {
    return null;
  }
  return upstream.down ? `The upstream is down; each slot probes it. ${upstream.error}` : upstream.error;
}

function draw(place) {
  const ring = svg('circle', {
    class: 'ring', cx: 110, cy: 110, r: RADIUS, 'stroke-dasharray': ROUND.toFixed(1), 'stroke-dashoffset': ROUND.toFixed(1),
    transform: 'rotate(-90 110 110)',
  });
  const root = svg('svg', { viewBox: '0 0 220 220', 'aria-hidden': 'true' },
    svg('circle', { class: 'track', cx: 110, cy: 110, r: RADIUS }), ring, ticks());
  const figure = el('span', { class: 'dial-figure' });
  const unit = el('span', { class: 'dial-unit' });
  const label = el('span', { class: 'dial-label' });
  place.append(root, el('p', { class: 'dial-text' }, el('span', {}, figure, ' ', unit), label));
  return { root: place, ring, figure, unit, label };
}

/** A tick a second, if that many can be told apart. */
function ticks() {
  const seconds = interval() / 1000;
  const marks = Number.isInteger(seconds) && seconds > 1 && seconds <= 60 ? seconds : 4;
  return svg('g', { class: 'ticks' }, ...Array.from({ length: marks }, (_, i) =>
    svg('line', { x1: 110, y1: 4, x2: 110, y2: i ? 9 : 13, transform: `rotate(${360 * i / marks} 110 110)` })));
}
