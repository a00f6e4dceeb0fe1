/** The one box of text that follows the pointer. What it says is text, never markup. */
export interface Tooltip {
  readonly show: (lines: readonly string[], x: number, y: number) => void;
  readonly hide: () => void;
}

export function createTooltip(): Tooltip {
  const box = document.createElement('div');
  box.className = 'tooltip';
  box.setAttribute('aria-hidden', 'true');
  box.hidden = true;
  document.body.append(box);
  return {
    show: (lines, x, y) => {
      box.replaceChildren(
        ...lines.map((text) => {
          const row = document.createElement('div');
          row.textContent = text;
          return row;
        }),
      );
      box.hidden = false;
      const { offsetWidth, offsetHeight } = box;
      const { clientWidth, clientHeight } = document.documentElement;
      const left = x + 14 + offsetWidth > clientWidth ? x - 14 - offsetWidth : x + 14;
      const top = y + 14 + offsetHeight > clientHeight ? y - 14 - offsetHeight : y + 14;
      box.style.left = `${Math.max(4, left)}px`;
      box.style.top = `${Math.max(4, top)}px`;
    },
    hide: () => {
      box.hidden = true;
    },
  };
}
