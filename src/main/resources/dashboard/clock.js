// What time it is for the server. A browser's clock may be minutes off, and would count down to the wrong moment.

/** Bounds of server time less local time; each answer's Date narrows them. */
let least = -Infinity;
let most = Infinity;

/** A Date field has whole seconds, and may have been made up to a second before. */
const COARSE = 2000;

export function heard(response, sentAt) {
  const at = Date.parse(response.headers.get('Date'));
  if (Number.isNaN(at)) {
    return;
  }
  const from = at - Date.now();
  const to = at + COARSE - sentAt;
  const contradicts = from > most || to < least;
  least = contradicts ? from : Math.max(least, from);
  most = contradicts ? to : Math.min(most, to);
}

/** Nothing is corrected as long as the two clocks may agree. */
function offset() {
  return least <= 0 && most >= 0 || least === -Infinity ? 0 : (least + most) / 2;
}

export const now = () => Date.now() + offset();
