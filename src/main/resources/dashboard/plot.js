// uPlot in the colours of the theme and the width that there is.

import uPlot from './uplot/uPlot.esm.js';
import { colour } from './dom.js';

const HEIGHT = 150;
const FONT = '11px system-ui, sans-serif';
const drawn = new Set();

/**
 * @param series makes uPlot's series out of the colours, after the one for the time
 * @param value makes a label of a value
 * @param incrs the steps that there may be between two labels; any if there are none
 */
export function plot(place, { series, value, incrs, scales = {} }) {
  let chart = null;
  let data = null;
  const draw = () => {
    chart?.destroy();
    chart = data && place.clientWidth ? new uPlot(options(), data, place) : null;
  };
  const options = () => {
    const soft = colour('--soft');
    const axis = { stroke: soft, font: FONT, grid: { stroke: colour('--rule'), width: 1 }, ticks: { show: false } };
    return {
      width: place.clientWidth, height: HEIGHT, legend: { show: false }, cursor: { show: false }, padding: [8, 8, 0, 0],
      scales: { x: { time: true }, ...scales },
      axes: [
        { ...axis, grid: { show: false }, size: 26, space: 62, values: (_, times) => times.map(times[1] - times[0] < 60 ? exact : clock) },
        { ...axis, size: 52, space: 28, incrs, values: (_, values) => values.map(value) },
      ],
      series: [{}, ...series(colour)],
    };
  };
  const observer = new ResizeObserver(() => {
    if (chart && place.clientWidth) {
      chart.setSize({ width: place.clientWidth, height: HEIGHT });
    } else {
      draw();
    }
  });
  observer.observe(place);
  drawn.add(draw);
  return {
    show(next) {
      data = next;
      chart && data ? chart.setData(data) : draw();
    },
    stop() {
      observer.disconnect();
      drawn.delete(draw);
      chart?.destroy();
    },
  };
}

const SHORT = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit' });
const EXACT = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', second: '2-digit' });
const exact = seconds => EXACT.format(seconds * 1000);
const clock = seconds => SHORT.format(seconds * 1000);

/** The theme is another one. */
export function redraw() {
  drawn.forEach(draw => draw());
}

export const bars = () => uPlot.paths.bars({ size: [0.8, 40], align: 1 });
export const points = () => null;
