/** The element of that id; the page has it. */
export function byId(id: string): HTMLElement {
  const found = document.getElementById(id);
  if (!found) throw new Error(`no element ${id}`);
  return found;
}

/** Says something in an element, unless it says so already. */
export function say(element: HTMLElement, words: string): void {
  if (element.textContent !== words) element.textContent = words;
}

/** A plot's element under a heading, made when it is first asked for. */
export function plotElement(parent: HTMLElement, name: string): HTMLElement {
  const plot = document.createElement('div');
  plot.className = 'plot';
  const heading = document.createElement('h3');
  heading.textContent = name;
  const place = document.createElement('div');
  plot.append(heading, place);
  parent.append(plot);
  return place;
}

/** Digits that do not jump about. */
export function rounded(value: number, digits: number): string {
  return value.toFixed(digits);
}
