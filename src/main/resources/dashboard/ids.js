// Ids out of what somebody has pasted. Digits stay text: a number of 17 digits would not survive as one.

const SEPARATORS = /[\s,;]+/;
const TOKEN = /[^\s,;]+/g;
const LISTED = 3;

/** Returns the ids as they are to be sent, and the first few that are none, each with its place in the text. */
export function read(text) {
  const ids = [];
  const wrong = [];
  for (const match of text.matchAll(TOKEN)) {
    const token = match[0].replace(/^[["']+|[\]"']+$/g, '');
    const from = match.index;
    if (/^0*[1-9]\d{0,18}$/.test(token)) {
      ids.push({ digits: token.replace(/^0+/, ''), from, to: from + match[0].length });
    } else if (token) {
      wrong.push({ text: token, from, to: from + match[0].length });
    }
  }
  return { ids, wrong, isEmpty: text.split(SEPARATORS).every(part => part === '') };
}

export function complaint({ ids, wrong, isEmpty }) {
  if (isEmpty) {
    return 'Give at least one id.';
  }
  if (wrong.length) {
    const shown = wrong.slice(0, LISTED).map(each => `“${clip(each.text)}”`).join(', ');
    const more = wrong.length > LISTED ? ` and ${wrong.length - LISTED} more` : '';
    return `${shown}${more}: not a whole number from 1.`;
  }
  return ids.length ? null : 'Give at least one id.';
}

const clip = text => text.length > 24 ? `${text.slice(0, 24)}…` : text;
