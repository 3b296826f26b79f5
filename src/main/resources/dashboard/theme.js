// Light or dark: as the system has it, until the reader says otherwise.

const root = document.documentElement;
const button = document.getElementById('theme');
const systemIsDark = matchMedia('(prefers-color-scheme: dark)');
const KEY = 'batchgate.theme';

const isDark = () => (root.dataset.theme ?? (systemIsDark.matches ? 'dark' : 'light')) === 'dark';

function remembered() {
  try {
    return localStorage.getItem(KEY);
  } catch (forbidden) {
    return null;
  }
}

function remember(theme) {
  try {
    localStorage.setItem(KEY, theme);
  } catch (forbidden) {
    // It holds until the page is left.
  }
}

/** @param changed called after each change, for what draws on a canvas */
export function start(changed) {
  const draw = () => {
    button.textContent = isDark() ? 'Light' : 'Dark';
    button.setAttribute('aria-label', isDark() ? 'Light colours' : 'Dark colours');
  };
  const theme = remembered();
  if (theme === 'dark' || theme === 'light') {
    root.dataset.theme = theme;
  }
  button.addEventListener('click', () => {
    root.dataset.theme = isDark() ? 'light' : 'dark';
    remember(root.dataset.theme);
    draw();
    changed();
  });
  systemIsDark.addEventListener('change', () => {
    draw();
    changed();
  });
  draw();
}
