// Says what matters to who does not see it. Not for what changes all the time.

const region = document.getElementById('announcer');

export function announce(text) {
  // The same words again are an announcement again only if they were gone in between.
  region.textContent = '';
  setTimeout(() => {
    region.textContent = text;
  }, 50);
}
