// Numbers and times as people read them.

const NUMBER = new Intl.NumberFormat('en');
const TIME = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', second: '2-digit' });
const DAY_AND_TIME = new Intl.DateTimeFormat('en-GB', {
  day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit', second: '2-digit',
});

export const count = number => NUMBER.format(number);

export function many(number, one, more = `${one}s`) {
  return `${count(number)} ${number === 1 ? one : more}`;
}

export const batches = number => many(number, 'batch', 'batches');

/** A moment in the reader's own time zone; with the day if that is not today. */
export function time(moment) {
  const at = new Date(moment);
  return at.toDateString() === new Date().toDateString() ? TIME.format(at) : DAY_AND_TIME.format(at);
}

/** How long, in the two units that matter. */
export function span(millis) {
  const seconds = Math.max(0, millis) / 1000;
  if (seconds < 0.0995) {
    return `${Math.round(seconds * 1000)} ms`;
  }
  if (seconds < 9.95) {
    return `${seconds.toFixed(1)} s`;
  }
  if (seconds < 99.5) {
    return `${Math.round(seconds)} s`;
  }
  return coarse(Math.round(seconds));
}

function coarse(seconds) {
  const units = [[86400, 'd', 3600, 'h'], [3600, 'h', 60, 'min'], [60, 'min', 1, 's']];
  const [size, name, smaller, smallerName] = units.find(([unit]) => seconds >= unit);
  const rest = Math.floor(seconds % size / smaller);
  return `${count(Math.floor(seconds / size))} ${name}${rest ? ` ${String(rest).padStart(2, '0')} ${smallerName}` : ''}`;
}

/** A setting, to the last digit. */
export const exactly = millis => millis < 1000 ? `${millis} ms` : millis % 60_000 ? `${millis / 1000} s` : coarse(millis / 1000);

/** From now, either way. */
export function fromNow(moment, now) {
  const ahead = Date.parse(moment) - now;
  if (Math.abs(ahead) < 1000) {
    return 'now';
  }
  const whole = span(Math.abs(ahead) < 10_000 ? Math.round(Math.abs(ahead) / 1000) * 1000 : Math.abs(ahead)).replace('.0 ', ' ');
  return ahead > 0 ? `in ${whole}` : `${whole} ago`;
}

/** Seconds with as many digits as tell two gaps apart. */
export function gap(millis) {
  return millis < 1000 ? `${Math.round(millis)} ms` : `${(millis / 1000).toFixed(millis < 100_000 ? 2 : 0)} s`;
}

/** The end of an id: the ids of one hour all begin alike. */
export const short = id => `…${id.slice(-8)}`;

/** The number of a batch in its ingestion. */
export const batchNumber = batchId => batchId.slice(batchId.lastIndexOf('-') + 1);

/** Milliseconds of a duration as ISO 8601 has it. */
export function duration(iso) {
  const [, hours, minutes, seconds] = /^PT(?:([\d.]+)H)?(?:([\d.]+)M)?(?:([\d.]+)S)?$/.exec(iso) ?? [];
  return ((Number(hours ?? 0) * 60 + Number(minutes ?? 0)) * 60 + Number(seconds ?? 0)) * 1000;
}

export const title = priority => priority.charAt(0) + priority.slice(1).toLowerCase();

const STATUS = {
  yet_to_start: 'waiting', triggered: 'under way', completed: 'completed', failed: 'failed', cancelled: 'cancelled',
};

export const status = name => STATUS[name] ?? name;

export const isEnded = name => ['completed', 'failed', 'cancelled'].includes(name);
