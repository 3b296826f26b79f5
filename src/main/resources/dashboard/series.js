// Numbers for the charts, out of the dispatches that were seen.

const BUCKETS = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1800, 3600, 7200, 21600, 86400].map(seconds => seconds * 1000);
const MOST_BUCKETS = 48;
/** In a shorter bucket, one batch more or less is all there is to see. */
const SLOTS_IN_A_BUCKET = 4;

/** Ends a minute, in whole buckets: all, those that completed, and what the limit allows. */
export function perMinute(dispatches, now, interval) {
  const ended = dispatches.filter(each => each.ended);
  if (!ended.length) {
    return { data: null };
  }
  const oldest = ended.reduce((least, each) => Math.min(least, each.ended), Infinity);
  const bucket = BUCKETS.find(size => (now - oldest) / size <= MOST_BUCKETS && size >= interval * SLOTS_IN_A_BUCKET) ?? BUCKETS.at(-1);
  // Neither the bucket in which the tab began to look nor the one that goes on is whole.
  const from = Math.ceil(oldest / bucket);
  const to = Math.floor(now / bucket);
  if (to <= from) {
    return { data: null };
  }
  const all = new Array(to - from).fill(0);
  const completed = all.slice();
  for (const each of ended) {
    const place = Math.floor(each.ended / bucket) - from;
    if (place >= 0 && place < all.length) {
      all[place]++;
      completed[place] += each.outcome === 'completed' ? 1 : 0;
    }
  }
  const scale = 60_000 / bucket;
  const total = sum(all);
  return {
    data: [all.map((_, i) => (from + i) * bucket / 1000), all.map(n => n * scale), completed.map(n => n * scale), all.map(() => 60_000 / interval)],
    rate: total * scale / all.length, over: all.length * bucket, rest: total - sum(completed),
  };
}

/** From acceptance to the first attempt, in seconds, by priority. */
export function waitsOf(dispatches) {
  const first = dispatches.filter(each => each.attempt === 1 && each.accepted_at);
  if (!first.length) {
    return { data: null };
  }
  const waits = first.map(each => Math.max(0, each.started - Date.parse(each.accepted_at)));
  const of = priority => waits.map((wait, i) => first[i].priority === priority ? wait / 1000 : null);
  const sorted = waits.slice().sort((a, b) => a - b);
  return {
    data: [first.map(each => each.started / 1000), of('LOW'), of('MEDIUM'), of('HIGH')],
    median: sorted[sorted.length >> 1], longest: sorted.at(-1),
  };
}

const sum = numbers => numbers.reduce((total, each) => total + each, 0);
