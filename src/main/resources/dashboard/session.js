// The session, where the service wants one: what orders have to come with, and how it ends.

/** Follows from the session, which no script can read; there is none where nobody has to log in. */
const value = () => /(?:^|; )csrf=([0-9a-f]+)/.exec(document.cookie)?.[1];

/** The field that shows that an order comes from this page. */
export const token = () => value() ? { 'X-CSRF-Token': value() } : {};

/** Not what a proxy wants to know, which asks in a way of its own. */
export const isOver = response => response.status === 401 && response.headers.get('WWW-Authenticate')?.startsWith('Bearer');

export const logIn = () => location.assign('login');

/** @param send as in api.js, which this file cannot ask for */
export function start(send) {
  const button = document.getElementById('log-out');
  button.hidden = !value();
  button.addEventListener('click', async () => {
    button.setAttribute('aria-busy', 'true');
    await send('logout', { method: 'POST' }).catch(() => null);
    logIn();
  });
}
