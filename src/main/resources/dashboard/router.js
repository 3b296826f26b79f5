// Which page is shown: the part of the address behind the #.

const ROUTES = [
  [/^#\/ingestions\/([^/?#]+)$/, 'ingestion'],
  [/^(#\/?)?$/, 'overview'],
];

/**
 * @param pages by name: a function that fills the main part, and returns how to leave again
 */
export function start(pages) {
  const main = document.getElementById('main');
  let leave = null;

  const go = first => {
    const hash = location.hash;
    if (hash === '#main') {
      // The skip link, not a page.
      return;
    }
    const [match, name] = ROUTES.map(([pattern, page]) => [pattern.exec(hash), page]).find(([found]) => found) ?? [['', ''], 'overview'];
    leave?.();
    main.replaceChildren();
    leave = pages[name](main, decode(match[1]));
    document.querySelectorAll('nav [data-page]').forEach(link =>
      link.dataset.page === name ? link.setAttribute('aria-current', 'page') : link.removeAttribute('aria-current'));
    if (!first) {
      scrollTo(0, 0);
      // Whoever cannot see that the page is another one is told its heading.
      main.querySelector('h1')?.focus({ preventScroll: true });
    }
  };
  addEventListener('hashchange', () => go(false));
  go(true);
}

function decode(part) {
  try {
    return decodeURIComponent(part ?? '');
  } catch (malformed) {
    return part;
  }
}
