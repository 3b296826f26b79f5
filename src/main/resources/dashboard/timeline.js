// Recent dispatches on a time axis: a lane a priority, a mark a start, and below them the gaps, so that the spacing can
// be seen. The grid has the width of the interval, and is laid through the latest start.

import { now } from './clock.js';
import { el, setText, svg } from './dom.js';
import { exactly, gap, many, short, span, time, title } from './format.js';
import { asOf, isLive } from './link.js';
import { mark, OUTCOMES } from './marks.js';
import { interval, onChange, queue, seen, waiting } from './queue.js';
import { recentTable } from './recent.js';
import { gaps, place, steps } from './timeline-scale.js';
import { onFrame } from './ticker.js';

const LANES = ['HIGH', 'MEDIUM', 'LOW'];
const TOP = 20;
const LANE = 30;
const BOTTOM = TOP + LANE * LANES.length;
const HEIGHT = BOTTOM + 30;
const ZOOMS = [['Last slots', 1], ['More', 4]];
/** A gap's number needs that much room. */
const LEGIBLE = 27;

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

function lanes() {
  return svg('g', { class: 'lanes' }, ...LANES.flatMap((priority, i) => [
    svg('line', { x1: 0, x2: '100%', y1: TOP + LANE * (i + 1), y2: TOP + LANE * (i + 1) }),
    svg('text', { x: 0, y: TOP + LANE * i + LANE / 2 + 4, class: priority.toLowerCase() }, title(priority)),
  ]), svg('text', { x: 0, y: BOTTOM + 18 }, 'Gap, s'));
}

/** What moves, with its origin at the time `at`. */
function content(scale, at) {
  const x = moment => (moment - at) * scale.perMilli;
  const shown = seen().filter(each => (each.ended ?? at) > at - scale.window * 1.3);
  return [...grid(scale, at, x), ...axis(scale, at, x), ...next(x), ...gapMarks(shown, x), ...shown.map(each => dispatch(each, x, at))];
}

function grid({ perMilli, window, ahead }, at, x) {
  const anchor = seen().at(-1)?.started;
  if (anchor === undefined || interval() * perMilli < 6) {
    return [];
  }
  const first = anchor - Math.ceil((anchor - at + window) / interval()) * interval();
  const lines = [];
  for (let moment = first; moment < at + ahead + interval(); moment += interval()) {
    lines.push(svg('line', { class: 'slot-line', x1: x(moment), x2: x(moment), y1: TOP, y2: BOTTOM }));
  }
  return lines;
}

function axis(scale, at, x) {
  return steps(scale, at).map(({ moment, label }) =>
    svg('text', { class: 'axis', x: x(moment), y: 11, 'text-anchor': 'middle' }, label));
}

/** The next slot, and who would get it. */
function next(x) {
  const state = queue();
  if (!state?.next_slot_at || !isLive()) {
    return [];
  }
  const at = x(Math.max(Date.parse(state.next_slot_at), now()));
  const lane = LANES.findIndex(priority => state.waiting[priority]?.batches);
  return [
    svg('line', { class: 'next-slot', x1: at, x2: at, y1: TOP, y2: BOTTOM }),
    lane >= 0 && waiting() > 0 && svg('circle', { class: `ghost ${LANES[lane].toLowerCase()}`, cx: at, cy: TOP + LANE * lane + LANE / 2, r: 5 }),
  ].filter(Boolean);
}

function gapMarks(shown, x) {
  const least = interval();
  return gaps(shown).flatMap(({ from, to, millis }) => {
    const [left, right] = [x(from), x(to)];
    // What a wall clock says may be off by a little; what is less than that is not to be explained away.
    const kind = millis < least * 0.98 ? 'gap short' : 'gap';
    const line = svg('path', { class: kind, d: `M${left} ${BOTTOM + 6}v6M${left} ${BOTTOM + 9}H${right}m0 -3v6` });
    return right - left < LEGIBLE ? [line] : [line,
      svg('text', { class: kind, x: (left + right) / 2, y: BOTTOM + 24, 'text-anchor': 'middle' },
        (millis / 1000).toFixed(millis < 100_000 ? 2 : 0))];
  });
}

function dispatch(each, x, at) {
  const y = TOP + LANE * LANES.indexOf(each.priority) + LANE / 2;
  const until = each.ended ?? at;
  // For the mouse; the keyboard has the table.
  const open = () => {
    location.hash = `#/ingestions/${encodeURIComponent(each.ingestion_id)}`;
  };
  return svg('g', { class: `dispatch ${each.priority.toLowerCase()}`, onclick: open },
    svg('title', {}, `${short(each.batch_id)}, ${title(each.priority)}: ${OUTCOMES[each.outcome]?.words ?? 'in flight'}`
      + ` after ${span(until - each.started)}${each.error ? `. ${each.error}` : ''}`),
    svg('line', { class: 'fetch', x1: x(each.started), x2: x(until), y1: y, y2: y }),
    mark(each.outcome, x(each.started), y));
}

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
