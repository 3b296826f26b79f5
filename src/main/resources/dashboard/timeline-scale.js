// Where a moment is on the timeline.

const GUTTER = 62;
/** So wide that the number of a gap fits. */
const SLOT = 32;
const SHORTEST = 10_000;
/** What part of the width is the past. */
const PAST = 0.88;
const STEPS = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 21600, 86400].map(seconds => seconds * 1000);
const LABEL = 76;

export function place(width, interval, zoom) {
  const room = Math.max(80, width - GUTTER);
  const slots = Math.max(6, Math.floor(room * PAST / SLOT)) * zoom;
  const window = Math.max(SHORTEST * zoom, slots * interval);
  const perMilli = room * PAST / window;
  return { gutter: GUTTER, nowX: GUTTER + room * PAST, window, perMilli, ahead: room * (1 - PAST) / perMilli };
}

/** Round times that are far enough apart to be read. */
export function steps({ perMilli, window, ahead }, at) {
  const step = STEPS.find(each => each * perMilli >= LABEL) ?? STEPS.at(-1);
  const zone = new Date(at).getTimezoneOffset() * 60_000;
  const format = new Intl.DateTimeFormat('en-GB', {
    hour: '2-digit', minute: '2-digit', ...(step < 60_000 ? { second: '2-digit' } : {}),
  });
  const labels = [];
  for (let moment = Math.floor((at - zone - window) / step) * step + zone; moment < at + ahead + step; moment += step) {
    labels.push({ moment, label: format.format(moment) });
  }
  return labels;
}

/** Between neighbours; where a slot in between was not seen, nothing is known about the gap. */
export function gaps(dispatches) {
  return dispatches.slice(1).flatMap((each, i) => each.slot === dispatches[i].slot + 1
    ? [{ from: dispatches[i].started, to: each.started, millis: Date.parse(each.started_at) - Date.parse(dispatches[i].started_at) }] : []);
}
