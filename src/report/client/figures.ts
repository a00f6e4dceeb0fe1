import type { Tooltip } from './tooltip.ts';

/**
 * Shows at once, instead of after a while, what the marks of a figure say in their titles; what the figure as a whole is
 * called stays known to those who do not see it.
 */
export function followTitles(svg: SVGSVGElement, tooltip: Tooltip): void {
  const texts = new Map<Element, string>();
  for (const title of svg.querySelectorAll('title')) {
    const mark: Element | null = title.parentElement;
    const text = title.textContent ?? '';
    if (mark === svg) svg.setAttribute('aria-label', text);
    else if (mark && text) texts.set(mark, text);
    title.remove();
  }
  if (texts.size === 0) return;
  svg.addEventListener('pointermove', (event) => {
    const mark = event.target instanceof Element ? event.target : null;
    const text = mark ? texts.get(mark) : undefined;
    if (text) tooltip.show(text.split('\n'), event.clientX, event.clientY);
    else tooltip.hide();
  });
  svg.addEventListener('pointerleave', () => tooltip.hide());
}

/** Lets those who use keys reach what is wider than the screen, and only that. */
export function followScrolling(): void {
  const boxes = [...document.querySelectorAll<HTMLElement>('.scroll')];
  const mark = (box: HTMLElement): void => {
    if (box.scrollWidth > box.clientWidth + 1) {
      box.tabIndex = 0;
      box.setAttribute('role', 'group');
      box.setAttribute('aria-label', box.dataset.label ?? 'wide content');
    } else {
      for (const name of ['tabindex', 'role', 'aria-label']) box.removeAttribute(name);
    }
  };
  const observer = new ResizeObserver((entries) => {
    for (const { target } of entries) if (target instanceof HTMLElement) mark(target);
  });
  for (const box of boxes) observer.observe(box);
}
