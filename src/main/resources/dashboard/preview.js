// What would become of a submission, before it is one.

import { call, inWords, Refused } from './api.js';
import { now } from './clock.js';
import { el } from './dom.js';
import { batches, count, fromNow, many, short, time } from './format.js';
import { isLive } from './link.js';
import { onChange } from './queue.js';

/** After the last key; and between two looks at a queue that goes on. */
const PAUSE = 350;
const AGAIN = 4000;

export function preview(place) {
  let body = null;
  let timer = null;
  let asking = null;
  let askedAt = 0;

  const ask = async again => {
    asking?.abort();
    if (!body) {
      return;
    }
    const mine = asking = new AbortController();
    askedAt = Date.now();
    try {
      const answer = await call('POST', 'queue/forecast', { body, signal: mine.signal });
      if (!mine.signal.aborted) {
        // Read out when somebody has typed, not whenever the queue has moved on.
        place.setAttribute('aria-live', again === true ? 'off' : 'polite');
        place.replaceChildren(...sentences(answer));
      }
    } catch (failure) {
      if (!mine.signal.aborted) {
        // Without a connection the banner says all there is to say.
        place.replaceChildren(...(failure instanceof Refused ? [refusal(failure)] : []));
      }
    }
  };

  const stop = onChange(() => {
    if (body && isLive() && Date.now() - askedAt > AGAIN) {
      ask(true);
    }
  });
  return {
    ask(next) {
      if (next !== body) {
        body = next;
        clearTimeout(timer);
        if (body) {
          timer = setTimeout(ask, PAUSE);
        } else {
          asking?.abort();
          place.replaceChildren();
        }
      }
    },
    stop() {
      clearTimeout(timer);
      asking?.abort();
      stop();
    },
  };
}

function refusal(failure) {
  const detail = failure.problem.errors?.[0]?.detail;
  const earliest = failure.problem.earliest_completion_at;
  return el('p', { class: 'problem' }, earliest ? `Would be refused: done at ${time(earliest)} at the earliest.`
    : detail ? `Would be refused: ${detail}.` : `Would be refused: ${inWords(failure)}`);
}

function sentences(answer) {
  const facts = el('dl', {}, ...fact('Size', batches(answer.batches)));
  if (answer.estimated_start_at) {
    facts.append(...fact('Starts', moment(answer.estimated_start_at)), ...fact('Done', moment(answer.estimated_completion_at)));
  } else {
    facts.append(...fact('Starts', 'when the queue is resumed'));
  }
  const pushed = answer.pushes_back ?? { batches: 0, ingestions: [] };
  facts.append(...fact('Pushes back', pushed.batches
    ? `${batches(pushed.batches)} of ${many(pushed.ingestions.length, 'ingestion')}${pushed.more ? ' and more' : ''}` : 'nothing'));
  return pushed.ingestions.length && pushed.ingestions[0].would_complete_at ? [facts, delays(pushed)] : [facts];
}

const fact = (name, value) => [el('dt', {}, name), el('dd', {}, value)];

const moment = at => `${time(at)}, ${fromNow(at, now())}`;

function delays(pushed) {
  return el('details', {}, el('summary', {}, 'Which would be done later'),
    el('ul', {}, ...pushed.ingestions.slice(0, 10).map(each => el('li', {},
      el('a', { href: `#/ingestions/${encodeURIComponent(each.ingestion_id)}` }, short(each.ingestion_id)),
      ` at ${time(each.would_complete_at)} instead of ${time(each.estimated_completion_at)}`)),
    pushed.ingestions.length > 10 && el('li', {}, `and ${count(pushed.ingestions.length - 10)} more`)));
}
