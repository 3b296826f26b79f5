// How much gets through, and how long it has waited.

import { now } from './clock.js';
import { setText } from './dom.js';
import { many, span } from './format.js';
import { bars, plot, points } from './plot.js';
import { interval, onChange, seen } from './queue.js';
import { perMinute, waitsOf } from './series.js';

/** Steps of a scale of durations, in seconds, and the units in which they are whole. */
const STEPS = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1200, 1800, 3600, 7200, 14400, 28800,
  86400, 172800, 604800];
const UNITS = [[86400, 'd'], [3600, 'h'], [60, 'min'], [1, 's']];

export function throughput(section) {
  return chart(section, {
    series: colour => [
      { paths: bars(), points: { show: false }, fill: colour('--bad'), width: 0 },
      { paths: bars(), points: { show: false }, fill: colour('--ok'), width: 0 },
      { points: { show: false }, stroke: colour('--soft'), dash: [4, 4], width: 1 },
    ],
    value: value => String(value),
    scales: { y: { range: (_, least, most) => [0, Math.max(1, most * 1.15)] } },
  }, () => {
    const { data, rate, over, rest } = perMinute(seen(), now(), interval());
    const limit = 60_000 / interval();
    return {
      data,
      words: data ? `${round(rate)} a minute over the last ${span(over)}; the limit is ${round(limit)}.${rest ? ` ${many(rest, 'dispatch', 'dispatches')} did not complete.` : ''}`
        : 'Too few dispatches have ended yet to tell.',
    };
  });
}

export function waits(section) {
  const point = (colour, name, size, solid) => ({
    paths: points, points: { show: true, size, width: 1.5, stroke: colour(name), fill: solid ? colour(name) : colour('--paper') },
  });
  return chart(section, {
    series: colour => [point(colour, '--low', 5, false), point(colour, '--medium', 5, true), point(colour, '--high', 7, true)],
    value: whole,
    incrs: STEPS,
    scales: { y: { range: (_, least, most) => [0, Math.max(1, most * 1.1)] } },
  }, () => {
    const { data, median, longest } = waitsOf(seen());
    return {
      data,
      words: data ? `Median ${span(median)}, longest ${span(longest)}, of the last ${many(data[0].length, 'batch', 'batches')}.`
        : 'No batch has had its first attempt yet.',
    };
  });
}

/** @param read gives the data and the sentence that says the same */
function chart(section, options, read) {
  const place = section.querySelector('[data-chart]');
  const figure = section.querySelector('[data-figure]');
  const drawing = plot(place, options);
  const draw = () => {
    const { data, words } = read();
    setText(figure, words);
    place.setAttribute('aria-label', words);
    place.hidden = !data;
    drawing.show(data);
  };
  draw();
  let due = null;
  const stop = onChange(() => {
    due ??= setTimeout(() => {
      due = null;
      draw();
    }, 1000);
  });
  return () => {
    clearTimeout(due);
    stop();
    drawing.stop();
  };
}

function whole(seconds) {
  const [size, name] = UNITS.find(([unit]) => seconds >= unit && seconds % unit === 0) ?? (seconds < 1 ? [0.001, 'ms'] : [1, 's']);
  return seconds ? `${round(seconds / size)} ${name}` : '0';
}

const round = value => value >= 100 ? String(Math.round(value)) : String(Math.round(value * 10) / 10);
