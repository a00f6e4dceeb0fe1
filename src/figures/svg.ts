export type Attributes = Readonly<Record<string, string | number | undefined>>;

const namespace = 'http://www.w3.org/2000/svg';

/** An SVG element; numbers are rounded to a hundredth of a pixel, and what is undefined is left out. */
export function element(
  document: Document,
  name: string,
  attributes: Attributes,
  children: readonly (Node | string)[] = [],
): SVGElement {
  const made = document.createElementNS(namespace, name) as SVGElement;
  for (const [key, value] of Object.entries(attributes)) {
    if (value !== undefined)
      made.setAttribute(key, typeof value === 'number' ? fixed(value) : value);
  }
  for (const child of children) {
    made.appendChild(typeof child === 'string' ? document.createTextNode(child) : child);
  }
  return made;
}

/** A number as it stands in an attribute. */
export function fixed(value: number, digits = 2): string {
  return String(Number(value.toFixed(digits)));
}

/**
 * The text of an element. Style sheets and style attributes are left out: a page with a strict content security policy
 * would refuse them, and nothing here needs them. All text is escaped, and what XML cannot hold is replaced.
 */
export function serialize(root: Element): string {
  const parts: string[] = [];
  write(root, parts);
  return parts.join('');
}

const left = new Set(['style', 'class', 'aria-label', 'aria-hidden']);

/** Attributes of pixels alone. */
const geometry = new Set(['x', 'y', 'x1', 'x2', 'y1', 'y2', 'width', 'height', 'transform', 'd']);

/** A hundredth of a pixel is finer than any print. */
function rounded(value: string): string {
  return value.replace(/-?\d+\.\d{3,}(e-?\d+)?/g, (digits) => fixed(Number(digits)));
}

function write(node: Element, parts: string[]): void {
  const name = node.localName;
  if (name === 'style' || (name === 'text' && node.childNodes.length === 0)) return;
  parts.push(`<${name}`);
  for (const { name: key, value } of node.attributes) {
    if (left.has(key)) continue;
    parts.push(` ${key}="${escapeText(geometry.has(key) ? rounded(value) : value)}"`);
  }
  if (node.childNodes.length === 0) {
    parts.push('/>');
    return;
  }
  parts.push('>');
  for (const child of node.childNodes) {
    if (child.nodeType === 1) write(child as Element, parts);
    else if (child.nodeType === 3) parts.push(escapeText(child.textContent ?? ''));
  }
  parts.push(`</${name}>`);
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Text as it may stand in XML, between tags and in attributes. */
export function escapeText(text: string): string {
  return text
    .replace(/[&<>"']/g, (character) => entities[character] ?? '')
    .replace(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, '\ufffd');
}
