// What is drawn on the timeline: a lane a priority, a mark a start, the gaps below.

import { now } from './clock.js';
import { svg } from './dom.js';
import { short, span, title } from './format.js';
import { isLive } from './link.js';
import { mark, OUTCOMES } from './marks.js';
import { inFlight, interval, queue, seen, waiting } from './queue.js';
import { gaps, steps } from './timeline-scale.js';

const LANES = ['HIGH', 'MEDIUM', 'LOW'];
export const TOP = 20;
const LANE = 30;
export const BOTTOM = TOP + LANE * LANES.length;
export const HEIGHT = BOTTOM + 30;
/** After that long, what is not in flight any more has ended without that this tab was told. */
const MISSED = 60_000;
/** What is nearer to each other cannot be told apart. */
const LEAST = 2;
/** A gap's number needs that much room. */
const LEGIBLE = 27;

export function lanes() {
  return svg('g', { class: 'lanes' }, ...LANES.flatMap((priority, i) => [
    svg('line', { x1: 0, x2: '100%', y1: TOP + LANE * (i + 1), y2: TOP + LANE * (i + 1) }),
    svg('text', { x: 0, y: TOP + LANE * i + LANE / 2 + 4, class: priority.toLowerCase() }, title(priority)),
  ]), svg('text', { x: 0, y: BOTTOM + 18 }, 'Gap, s'));
}

/** What moves, with its origin at the time `at`. */
export function content(scale, at) {
  const x = moment => (moment - at) * scale.perMilli;
  const shown = seen().filter(each => (each.ended ?? at) > at - scale.window * 1.3);
  return [...grid(scale, at, x), ...axis(scale, at, x), ...next(x), ...gapMarks(shown, x),
    ...distinct(shown, x).map(each => dispatch(each, x, at))];
}

/** Without those that would be drawn over each other, unless they are out of the ordinary. */
function distinct(shown, x) {
  const last = {};
  return shown.filter(each => {
    const at = x(each.started);
    const covered = each.outcome === 'completed' && at - last[each.priority] < LEAST;
    last[each.priority] = covered ? last[each.priority] : at;
    return !covered;
  });
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
    if (right - left < LEAST && millis >= least * 0.98) {
      return [];
    }
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
  const flying = !each.ended && (at - each.started < MISSED || inFlight().includes(each));
  const until = each.ended ?? (flying ? at : each.started);
  const outcome = each.ended || flying ? each.outcome : 'unknown';
  // For the mouse; the keyboard has the table.
  const open = () => {
    location.hash = `#/ingestions/${encodeURIComponent(each.ingestion_id)}`;
  };
  return svg('g', { class: `dispatch ${each.priority.toLowerCase()}`, onclick: open },
    svg('title', {}, `${short(each.batch_id)}, ${title(each.priority)}: ${OUTCOMES[outcome]?.words ?? 'in flight'}`
      + ` after ${span(until - each.started)}${each.error ? `. ${each.error}` : ''}`),
    svg('line', { class: 'fetch', x1: x(each.started), x2: x(until), y1: y, y2: y }),
    mark(outcome, x(each.started), y));
}
