// What changes because time goes by. One clock for the whole page, which stands still while nobody looks.

const FRAME = 100;
const still = matchMedia('(prefers-reduced-motion: reduce)');

let smooth = new Set();
let calm = new Set();
let lastFrame = 0;
let lastSecond = 0;

/** Calls about ten times a second; once a second for who wants no motion. */
export function onFrame(task) {
  smooth.add(task);
  return () => smooth.delete(task);
}

export function onSecond(task) {
  calm.add(task);
  return () => calm.delete(task);
}

function tick(at) {
  requestAnimationFrame(tick);
  const second = at - lastSecond >= 1000;
  if (second || !still.matches && at - lastFrame >= FRAME) {
    lastFrame = at;
    smooth.forEach(task => task());
  }
  if (second) {
    lastSecond = at;
    calm.forEach(task => task());
  }
}

requestAnimationFrame(tick);
