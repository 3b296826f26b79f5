// One ingestion: how far it is, its batches, and what was fetched.

import { announce } from './announce.js';
import { batchList } from './batches.js';
import { now } from './clock.js';
import { el, setText, show, template } from './dom.js';
import { count, fromNow, isEnded, short, status, time, title } from './format.js';
import { follow, isLive } from './link.js';
import { cancel, move, retry } from './orders.js';
import { progressBar } from './progress.js';
import { resultList } from './results.js';
import { onSecond } from './ticker.js';
import { verdict } from './verdict.js';

/** Changes may come with every batch; as often as anybody can read is enough. */
const PATIENCE = 200;
const FORETOLD = ['position', 'estimated_start_at', 'estimated_completion_at', 'waiting_for'];

export function page(main, id) {
  document.title = `Ingestion ${short(id)} – Batchgate`;
  main.append(template('ingestion'));
  const part = name => main.querySelector(`[data-${name}]`);
  setText(part('id'), id);
  const batches = batchList(main.querySelector('section.batches'));
  const results = resultList(main.querySelector('section.results'), id);
  let known = null;
  let due = null;

  const draw = () => {
    due = null;
    drawState(part, known);
    batches.draw();
    results.follow(known);
  };
  const learn = news => {
    if (known && isEnded(news.status) && !isEnded(known.status)) {
      announce(`The ingestion has ended: ${status(news.status)}.`);
    }
    batches.learn(news.batches ?? []);
    // What is foretold no longer is left out, so nothing of it is kept.
    known = { ...news, batches: undefined };
    due ??= setTimeout(draw, PATIENCE);
  };
  const stream = follow(`status/${encodeURIComponent(id)}/events`, {
    receive(type, data) {
      if (type === 'status') {
        learn(data);
      } else if (type === 'forecast' && known) {
        FORETOLD.forEach(name => delete known[name]);
        Object.assign(known, data);
        due ??= setTimeout(draw, PATIENCE);
      }
    },
    changed(state, reason) {
      if (state === 'gone') {
        setText(part('missing'), `${reason} It may have expired: what has ended is kept for a while only.`);
        show(part('missing'), true);
      }
    },
    isOver: () => known !== null && isEnded(known.status),
  });
  const ordered = answer => {
    learn(answer);
    stream.again();
  };
  part('cancel').addEventListener('click', () => cancel(known, ordered));
  part('retry').addEventListener('click', () => retry(known, ordered));
  part('move').addEventListener('submit', event => {
    event.preventDefault();
    move(known, part('move').querySelector('select').value, ordered);
  });
  const stopTicking = onSecond(() => known && isLive() && drawState(part, known));
  return () => {
    clearTimeout(due);
    stopTicking();
    stream.stop();
    results.stop();
  };
}

function drawState(part, known) {
  const ended = isEnded(known.status);
  if (part('found').hidden) {
    part('move').querySelector('select').value = known.priority;
    show(part('found'), true);
  }
  const line = part('verdict');
  line.dataset.status = known.status;
  setText(line, verdict(known));
  progressBar(part('bar'), known.progress);
  drawFacts(part('facts'), facts(known));
  show(part('cancel'), !ended);
  show(part('move'), !ended);
  show(part('retry'), known.progress.failed > 0);
}

function facts(known) {
  const { progress } = known;
  const when = at => at && `${time(at)}, ${fromNow(at, now())}`;
  return [
    ['Priority', title(known.priority)],
    ['Accepted', `${time(known.created_at)}, ${fromNow(known.created_at, now())}`],
    ['Ended', `${count(progress.completed + progress.failed + progress.cancelled)} of ${count(progress.total)}`],
    ['Failed', progress.failed && count(progress.failed)],
    ['Cancelled', progress.cancelled && count(progress.cancelled)],
    ['Batches before it', known.position !== undefined && count(known.position)],
    ['Next batch', when(known.estimated_start_at)],
    ['Done', when(known.estimated_completion_at)],
  ].filter(([, value]) => value);
}

function drawFacts(list, pairs) {
  if (list.children.length !== pairs.length) {
    list.replaceChildren(...pairs.map(() => el('div', {}, el('dt'), el('dd'))));
  }
  pairs.forEach(([name, value], i) => {
    setText(list.children[i].firstChild, name);
    setText(list.children[i].lastChild, value);
  });
}
