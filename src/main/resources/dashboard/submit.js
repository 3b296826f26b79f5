// The form that hands in ids.

import { call, inWords, Refused, Unreachable } from './api.js';
import { el, setProblem, setText } from './dom.js';
import { many, short } from './format.js';
import { complaint, read } from './ids.js';
import { preview } from './preview.js';

export function submitForm(form) {
  const send = form.querySelector('[data-send]');
  const sent = form.querySelector('[data-sent]');
  const note = form.querySelector('[data-ids-note]');
  const forecast = preview(form.querySelector('[data-preview]'));
  /** What was sent last without an answer that settles it, and under which key: sent again, it is the same ingestion. */
  let pending = null;
  let busy = false;

  const changed = () => {
    const ids = read(form.ids.value);
    setText(note, ids.ids.length ? many(ids.ids.length, 'id') : '');
    if (!ids.wrong.length) {
      complain('ids', null);
    }
    complain('complete_by', null);
    complain('', null);
    forecast.ask(complaint(ids) ? null : body(ids));
  };
  form.addEventListener('input', changed);
  form.ids.addEventListener('blur', () => {
    const ids = read(form.ids.value);
    complain('ids', ids.isEmpty ? null : complaint(ids));
  });
  // In a list a line is an id, so the key that sends is Ctrl or ⌘ with Enter.
  form.ids.addEventListener('keydown', event => {
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) {
      form.requestSubmit();
    }
  });

  form.addEventListener('submit', async event => {
    event.preventDefault();
    if (busy) {
      return;
    }
    const ids = read(form.ids.value);
    const wrong = complaint(ids);
    if (wrong) {
      complain('ids', wrong);
      select(ids.wrong[0]);
      return;
    }
    busy = true;
    send.setAttribute('aria-busy', 'true');
    const wanted = body(ids);
    pending = pending?.body === wanted ? pending : { body: wanted, key: newKey() };
    try {
      const answer = await call('POST', 'ingest', { body: wanted, headers: { 'Idempotency-Key': pending.key } });
      accepted(answer.ingestion_id);
    } catch (failure) {
      refused(failure, ids);
    } finally {
      busy = false;
      send.removeAttribute('aria-busy');
      setText(send, pending ? 'Send again' : 'Submit');
    }
  });

  /** Digits as they were typed; JSON.stringify would round long ones. */
  function body({ ids }) {
    const members = [`"ids":[${ids.map(id => id.digits).join(',')}]`, `"priority":"${form.priority.value}"`];
    const by = form.complete_by.value && new Date(form.complete_by.value);
    if (by && !Number.isNaN(by.getTime())) {
      members.push(`"complete_by":"${by.toISOString()}"`);
    }
    return `{${members.join(',')}}`;
  }

  function accepted(id) {
    pending = null;
    form.ids.value = '';
    form.complete_by.value = '';
    changed();
    sent.replaceChildren('Accepted as ', el('a', { href: `#/ingestions/${encodeURIComponent(id)}` }, short(id)), '.');
    form.dispatchEvent(new CustomEvent('accepted', { bubbles: true }));
    form.ids.focus();
  }

  function refused(failure, ids) {
    if (!(failure instanceof Unreachable) && !(failure instanceof Refused && failure.status >= 500)) {
      pending = null;
    }
    const errors = failure instanceof Refused ? failure.problem.errors ?? [] : [];
    const shown = errors.filter(error => place(error, ids));
    if (shown.length < errors.length || !errors.length) {
      complain('', failure instanceof Unreachable
        ? 'No answer came. It may have been accepted all the same: send it again, and it is one ingestion.'
        : inWords(failure));
    }
  }

  /** Shows an error of the service at the field that its pointer names; returns whether there is one. */
  function place({ pointer, detail }, ids) {
    const [, field, index] = pointer.split('/');
    if (!form.querySelector(`[data-problem-for="${CSS.escape(field ?? '')}"]`) || !field) {
      return false;
    }
    const id = field === 'ids' && index !== undefined ? ids.ids[Number(index)] : undefined;
    complain(field, id ? `${id.digits} ${detail}.` : `${detail.charAt(0).toUpperCase()}${detail.slice(1)}.`);
    if (id) {
      select(id);
    } else {
      form.elements[field].focus?.();
    }
    return true;
  }

  function complain(field, text) {
    setProblem(form.querySelector(`[data-problem-for="${field}"]`), text);
    const input = form.elements[field];
    if (input instanceof HTMLElement) {
      text ? input.setAttribute('aria-invalid', 'true') : input.removeAttribute('aria-invalid');
    }
  }

  function select(token) {
    form.ids.focus();
    if (token) {
      form.ids.setSelectionRange(token.from, token.to);
    }
  }

  return () => forecast.stop();
}

/** Random; crypto.randomUUID is missing where the page did not come over TLS. */
function newKey() {
  return [...crypto.getRandomValues(new Uint8Array(16))].map(byte => byte.toString(16).padStart(2, '0')).join('');
}
