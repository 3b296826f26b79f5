// The first page: the gate, what waits for it, what it has let through, and who asked for it.

import { backlog } from './backlog.js';
import { throughput, waits } from './charts.js';
import { template } from './dom.js';
import { gate } from './gate.js';
import { ingestions } from './ingestions.js';
import { submitForm } from './submit.js';
import { timeline } from './timeline.js';

export function page(main) {
  document.title = 'Queue – Batchgate';
  main.append(template('overview'));
  const section = name => main.querySelector(`section.${name}`);
  const list = ingestions(section('ingestions'));
  main.addEventListener('accepted', list.soon);
  const stops = [
    gate(section('gate')),
    backlog(section('backlog')),
    submitForm(main.querySelector('[data-submit]')),
    timeline(section('timeline')),
    throughput(section('throughput')),
    waits(section('waits')),
    list.stop,
    () => main.removeEventListener('accepted', list.soon),
  ];
  return () => stops.forEach(stop => stop());
}
