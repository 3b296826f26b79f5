// Elements out of data. Text is always text: what comes from an upstream never becomes markup.

const SVG = 'http://www.w3.org/2000/svg';

/** An element: properties as attributes, `on…` as listeners, children as nodes or text. */
export function el(tag, attributes = {}, ...children) {
  return fill(document.createElement(tag), attributes, children);
}

export function svg(tag, attributes = {}, ...children) {
  return fill(document.createElementNS(SVG, tag), attributes, children);
}

function fill(node, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith('on')) {
      node.addEventListener(name.slice(2), value);
    } else if (value !== undefined && value !== null && value !== false) {
      node.setAttribute(name, value === true ? '' : value);
    }
  }
  node.append(...children.filter(child => child !== undefined && child !== null && child !== false));
  return node;
}

/** A page out of index.html. */
export function template(id) {
  return document.importNode(document.getElementById(id).content, true);
}

/** Touches the document only where the text is another one: screen readers and selections are left in peace. */
export function setText(node, text) {
  if (node.textContent !== text) {
    node.textContent = text;
  }
}

export function show(node, shown) {
  node.hidden = !shown;
}

/** Makes a problem visible beside its field, or takes it away. */
export function setProblem(node, text) {
  setText(node, text ?? '');
  show(node, Boolean(text));
}

/**
 * Children in the order of the items, each kept as long as its item is: focus and selection survive an update.
 * `create` makes the child of an item, `update` brings it up to date.
 */
export function keyed(parent, items, key, create, update) {
  const known = new Map([...parent.children].map(child => [child.dataset.key, child]));
  let place = parent.firstElementChild;
  for (const item of items) {
    const name = String(key(item));
    let child = known.get(name);
    known.delete(name);
    if (!child) {
      child = create(item);
      child.dataset.key = name;
    }
    if (child === place) {
      place = place.nextElementSibling;
    } else {
      parent.insertBefore(child, place);
    }
    update(child, item);
  }
  known.forEach(child => child.remove());
}

/** The colour that a variable stands for in the theme in force, for what draws on a canvas. */
export function colour(variable) {
  const probe = el('i');
  probe.style.color = `var(${variable})`;
  document.body.append(probe);
  const value = getComputedStyle(probe).color;
  probe.remove();
  return value;
}
