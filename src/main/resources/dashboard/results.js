// The first lines of what was fetched. All of it may be gigabytes: it is read as far as it is shown, and no further.

import { inWords, send } from './api.js';
import { el, keyed, setText, show } from './dom.js';
import { count, isEnded } from './format.js';
import { isLive } from './link.js';

const STEP = 200;
const MOST = 1000;
/** A line may have a megabyte. */
const MOST_BYTES = 4_000_000;
const CLIP = 400;
const PATIENCE = 3000;

export function resultList(section, id) {
  const path = `results/${encodeURIComponent(id)}`;
  const part = name => section.querySelector(`[data-${name}]`);
  const body = el('tbody');
  part('results').append(el('div', { class: 'scroll', tabindex: 0, role: 'region', 'aria-label': 'Results' }, el('table', { class: 'list result-table' },
    el('thead', {}, el('tr', {}, ...['Id', 'Status', 'Result'].map(name => el('th', { scope: 'col' }, name)))), body)));
  part('download').href = path;
  part('download').download = `${id}.ndjson`;
  let limit = STEP;
  let reading = null;
  let readAt = 0;
  let seen = null;
  let unsettled = true;
  let due = null;

  const refresh = async () => {
    reading?.abort();
    const mine = reading = new AbortController();
    readAt = Date.now();
    try {
      const { lines, whole } = await read(path, limit, mine.signal);
      keyed(body, lines.map((line, i) => ({ ...line, i })), line => line.i, () => row(), update);
      unsettled = lines.some(line => line.status === 'pending');
      setText(part('results-note'), whole ? `all ${count(lines.length)}` : `the first ${count(lines.length)}`);
      show(part('more-results'), !whole && limit < MOST);
    } catch (failure) {
      if (!mine.signal.aborted) {
        setText(part('results-note'), inWords(failure));
      }
    }
  };
  part('refresh-results').addEventListener('click', refresh);
  part('more-results').addEventListener('click', () => {
    limit += STEP;
    refresh();
  });
  return {
    /** Reads again, now and then, while what is shown may have become more. */
    follow({ status, progress }) {
      const now = `${status} ${progress.completed} ${progress.failed} ${progress.cancelled}`;
      if (now !== seen && (isLive() || isEnded(status)) && (unsettled || status !== seen?.split(' ')[0])) {
        seen = now;
        due ??= setTimeout(() => {
          due = null;
          refresh();
        }, Math.max(0, readAt + PATIENCE - Date.now()));
      }
    },
    stop() {
      clearTimeout(due);
      reading?.abort();
    },
  };
}

async function read(path, limit, signal) {
  const response = await send(path, { headers: { Accept: 'application/x-ndjson' }, signal });
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  const lines = [];
  let rest = '';
  let size = 0;
  for (let chunk = await reader.read(); !chunk.done; chunk = await reader.read()) {
    size += chunk.value.length;
    const parts = (rest + chunk.value).split('\n');
    rest = parts.pop();
    lines.push(...parts);
    if (lines.length > limit || size > MOST_BYTES) {
      reader.cancel();
      return { lines: lines.slice(0, limit).map(parse), whole: false };
    }
  }
  return { lines: lines.map(parse), whole: true };
}

/** Data is shown as it came, to the last digit, which JSON.parse would not keep. */
function parse(line) {
  const { id, status, error } = JSON.parse(line);
  const from = line.indexOf('"data":');
  return { id, status, text: status === 'completed' && from >= 0 ? line.slice(from + 7, -1) : error ?? '' };
}

const row = () => el('tr', {}, el('th', { scope: 'row', class: 'n' }), el('td', { class: 'c-status' }), el('td', {}, el('code')));

function update(node, { id, status, text }) {
  setText(node.children[0], String(id));
  setText(node.children[1], status);
  node.children[1].dataset.status = status === 'pending' ? 'yet_to_start' : status;
  setText(node.children[2].firstChild, text.length > CLIP ? `${text.slice(0, CLIP)} … (${count(text.length)} characters)` : text);
}
