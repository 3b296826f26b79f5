// Asks before anything is ordered, and shows how it went in the same place.

import { inWords } from './api.js';
import { setProblem, setText } from './dom.js';

const dialog = document.getElementById('confirm');
const part = name => dialog.querySelector(`[data-${name}]`);

/**
 * @param act what to do after a yes; the dialog stays, and says why, as long as that fails
 * @returns what came of it; undefined after a no
 */
export function confirm({ title, text, verb, danger = false, act }) {
  setText(document.getElementById('confirm-title'), title);
  setText(document.getElementById('confirm-text'), text);
  setText(part('yes'), verb);
  part('yes').classList.toggle('danger', danger);
  setProblem(part('problem'), null);
  dialog.showModal();
  return new Promise(resolve => {
    let result;
    let busy = false;
    const yes = async () => {
      if (busy) {
        return;
      }
      busy = true;
      part('yes').setAttribute('aria-busy', 'true');
      setProblem(part('problem'), null);
      try {
        result = await act();
        dialog.close();
      } catch (failure) {
        setProblem(part('problem'), inWords(failure));
      } finally {
        busy = false;
        part('yes').removeAttribute('aria-busy');
      }
    };
    const no = () => dialog.close();
    part('yes').addEventListener('click', yes);
    part('no').addEventListener('click', no);
    dialog.addEventListener('close', () => {
      part('yes').removeEventListener('click', yes);
      part('no').removeEventListener('click', no);
      resolve(result);
    }, { once: true });
  });
}
