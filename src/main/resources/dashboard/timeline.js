// Recent dispatches on a time axis, so that the spacing can be seen. The grid has the width of the interval, and is laid
// through the latest start. Drawn anew with the news, and moved in between.

import { now } from './clock.js';
import { el, setText, svg } from './dom.js';
import { exactly, gap, many, span, time } from './format.js';
import { asOf, isLive } from './link.js';
import { mark, OUTCOMES } from './marks.js';
import { interval, onChange, seen } from './queue.js';
import { recentTable } from './recent.js';
import { BOTTOM, content, HEIGHT, lanes, TOP } from './strip.js';
import { gaps, place } from './timeline-scale.js';
import { onFrame } from './ticker.js';

const ZOOMS = [['Last slots', 1], ['More', 4]];

export function timeline(section) {
  const strip = section.querySelector('[data-strip]');
  const moving = svg('g');
  const now_ = svg('line', { class: 'now', y1: TOP - 6, y2: BOTTOM + 24 });
  const drawing = svg('svg', { height: HEIGHT, role: 'img', 'aria-label': 'Dispatches over time; the table below has the same' },
    svg('clipPath', { id: 'strip-window' }, svg('rect', { y: TOP, height: HEIGHT }), svg('rect', { y: 0, height: TOP, width: '100%' })),
    lanes(), svg('g', { 'clip-path': 'url(#strip-window)' }, moving), now_);
  strip.append(drawing);
  const recent = recentTable(section.querySelector('[data-recent]'));
  let zoom = 1;
  let scale = place(0, interval(), zoom);
  let drawnAt = 0;

  const draw = () => {
    scale = place(strip.clientWidth, interval(), zoom);
    drawing.setAttribute('width', strip.clientWidth);
    const window_ = drawing.querySelector('clipPath rect');
    window_.setAttribute('x', scale.gutter);
    window_.setAttribute('width', Math.max(0, strip.clientWidth - scale.gutter));
    [now_.x1, now_.x2].forEach(x => { x.baseVal.value = scale.nowX; });
    drawnAt = shownNow();
    moving.replaceChildren(...content(scale, drawnAt));
    setText(section.querySelector('[data-timeline-span]'), `the last ${span(scale.window)}`);
    setText(section.querySelector('[data-gaps]'), spacing(drawnAt - scale.window));
    recent();
    move();
  };
  const move = () => {
    const at = shownNow();
    if (at - drawnAt > scale.window / 20) {
      draw();
    } else {
      moving.setAttribute('transform', `translate(${(scale.nowX - (at - drawnAt) * scale.perMilli).toFixed(1)} 0)`);
    }
  };
  zooms(section.querySelector('[data-zoom]'), chosen => {
    zoom = chosen;
    draw();
  });
  legend(section.querySelector('[data-legend]'));
  const observer = new ResizeObserver(draw);
  observer.observe(strip);
  const stops = [onChange(draw), onFrame(move), () => observer.disconnect()];
  return () => stops.forEach(stop => stop());
}

/** Without a connection the strip stands still. */
const shownNow = () => isLive() ? now() : (asOf() ?? Date.now()) + now() - Date.now();

function spacing(since) {
  const all = gaps(seen()).map(each => each.millis).sort((a, b) => a - b);
  if (!all.length) {
    return seen().length ? '' : 'Nothing has been dispatched yet. What is submitted first starts at once.';
  }
  const latest = seen().at(-1).started;
  const old = latest < since ? `The last one started at ${time(latest)}. ` : '';
  return `${old}Between the last ${many(all.length + 1, 'start')}: least ${gap(all[0])}, median ${gap(all[all.length >> 1])},`
    + ` longest ${gap(all.at(-1))}. The interval is ${exactly(interval())}.`;
}

function zooms(group, choose) {
  ZOOMS.forEach(([name, factor], i) => group.append(el('label', {},
    el('input', { type: 'radio', name: 'zoom', checked: i === 0, onchange: () => choose(factor) }), el('span', {}, name))));
}

function legend(list) {
  list.append(...Object.entries({ inFlight: { words: 'in flight' }, ...OUTCOMES }).map(([outcome, { words }]) =>
    el('li', {}, svg('svg', { width: 14, height: 14, viewBox: '-7 -7 14 14', 'aria-hidden': 'true' },
      mark(outcome === 'inFlight' ? undefined : outcome, 0, 0)), words)));
}
