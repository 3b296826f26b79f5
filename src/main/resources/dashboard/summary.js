// The line beside the name: how the queue is, on every page, and in the title of the tab.

import { now } from './clock.js';
import { setText } from './dom.js';
import { count } from './format.js';
import { gateState } from './gate-state.js';
import { onChange, queue, waiting } from './queue.js';
import { onSecond } from './ticker.js';
import { isLive } from './link.js';

const line = document.getElementById('summary');

export function start() {
  onChange(draw);
  onSecond(draw);
}

function draw() {
  const state = queue();
  if (state) {
    const gate = isLive() ? gateState(state, now()).word : 'Not connected';
    setText(line, `${gate} · ${count(waiting(state))} waiting · ${state.in_flight} in flight`);
    line.dataset.kind = isLive() ? gateState(state, now()).kind : 'lost';
  }
}
