// Whether what is shown is how it is. Knows the streams of this tab, and closes them while it is hidden: a browser has
// six connections to a host, for all tabs together.

import { announce } from './announce.js';
import { setText, show } from './dom.js';
import { time } from './format.js';
import { Stream } from './stream.js';

const streams = new Set();
/** Nothing more will come of these. */
const isOver = stream => ['ended', 'gone'].includes(stream.state);
const root = document.documentElement;
const banner = document.getElementById('banner');

/** A blink of the connection is not worth a banner. */
const BLINK = 1500;
let lostAt = null;

export function follow(path, handlers) {
  const stream = new Stream(path, {
    ...handlers,
    changed: (state, reason) => {
      handlers.changed?.(state, reason);
      judge();
    },
  });
  streams.add(stream);
  if (!document.hidden) {
    stream.open();
  }
  return {
    stop() {
      streams.delete(stream);
      stream.close();
      judge();
    },
    again: () => stream.open(),
    get state() {
      return stream.state;
    },
  };
}

/** Live only if every stream is: nobody can tell which part of a page is old. */
function judge() {
  const all = [...streams].filter(stream => !isOver(stream));
  const isLive = all.every(stream => stream.state === 'live');
  if (isLive) {
    if (!banner.hidden) {
      announce('Connected again.');
    }
    lostAt = null;
  } else if (lostAt === null && all.some(stream => stream.state === 'lost')) {
    lostAt = Date.now();
    setTimeout(judge, BLINK);
  }
  root.dataset.link = isLive ? 'live' : lostAt === null ? 'connecting' : 'lost';
  draw();
}

export const isLive = () => root.dataset.link === 'live';

/** When the data on the page was current last; null if there never was any. */
export function asOf() {
  const heard = [...streams].map(stream => stream.heardAt).filter(at => at > 0);
  return heard.length ? Math.min(...heard) : null;
}

function draw() {
  const shown = lostAt !== null && Date.now() - lostAt >= BLINK - 50;
  if (shown && banner.hidden) {
    const heard = asOf();
    const since = heard ? `What you see is as of ${time(heard)}.` : 'The service does not answer.';
    setText(banner.querySelector('[data-as-of]'), since);
    announce(`Connection lost. ${since}`);
  }
  show(banner, shown);
  if (shown) {
    const next = Math.min(...[...streams].filter(stream => stream.state === 'lost').map(stream => stream.retryAt));
    const seconds = Math.ceil((next - Date.now()) / 1000);
    setText(banner.querySelector('[data-next]'), seconds > 0 && seconds < Infinity ? `Trying again in ${seconds} s.` : 'Trying again …');
  }
}

function hurry() {
  streams.forEach(stream => stream.hurry());
}

banner.querySelector('[data-again]').addEventListener('click', hurry);
setInterval(() => !document.hidden && lostAt !== null && draw(), 1000);
addEventListener('online', hurry);
document.addEventListener('visibilitychange', () => {
  [...streams].filter(stream => !isOver(stream)).forEach(stream => document.hidden ? stream.close() : stream.open());
});
