/** The element of an id, of the kind that is expected; undefined where the page has none. */
export function element<T extends Element>(
  id: string,
  kind: { readonly prototype: T; new (): T },
): T | undefined {
  const found = document.getElementById(id);
  return found instanceof kind ? found : undefined;
}

export function onClick(id: string, act: () => void): void {
  element(id, HTMLButtonElement)?.addEventListener('click', act);
}

/** Whether a checkbox is checked; `isCheckedWithout` where the page has none. */
export function isChecked(id: string): boolean {
  return element(id, HTMLInputElement)?.checked ?? false;
}

export function onChange(id: string, act: () => void): void {
  document.getElementById(id)?.addEventListener('change', act);
}

/** The number in an input; undefined where it holds none. */
export function numberIn(id: string): number | undefined {
  const value = element(id, HTMLInputElement)?.valueAsNumber ?? Number.NaN;
  return Number.isFinite(value) ? value : undefined;
}

export function say(id: string, text: string): void {
  const found = document.getElementById(id);
  if (found && found.textContent !== text) found.textContent = text;
}
