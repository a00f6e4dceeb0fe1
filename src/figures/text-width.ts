/** Advance widths of the letters from space to ~ in DejaVu Sans, in hundredths of the font's size. */
const widths = [
  32, 40, 46, 84, 64, 95, 78, 27, 39, 39, 50, 84, 32, 36, 32, 34, 64, 64, 64, 64, 64, 64, 64, 64,
  64, 64, 34, 34, 84, 84, 84, 53, 100, 68, 69, 70, 77, 63, 58, 77, 75, 29, 29, 66, 56, 86, 75, 79,
  60, 79, 69, 63, 61, 73, 68, 99, 69, 61, 69, 39, 34, 39, 84, 50, 50, 61, 63, 55, 63, 62, 35, 63,
  63, 28, 28, 58, 28, 97, 63, 61, 63, 63, 41, 52, 39, 63, 59, 82, 59, 59, 52, 64, 34, 64, 84,
] as const;

/**
 * How wide a text is, in pixels, in DejaVu Sans, the widest of the fonts that figures name; letters of other scripts count
 * as wide. Nothing here can measure text, since figures are made without a screen.
 */
export function textWidth(text: string, fontSize: number, isBold = false): number {
  let width = 0;
  for (const letter of text) {
    const code = letter.codePointAt(0) ?? 0;
    width += widths[code - 32] ?? (code < 0x2e80 ? 84 : 105);
  }
  return (width / 100) * fontSize * (isBold ? 1.13 : 1);
}

/** The text, or as much of it as fits, with three dots behind. */
export function fitText(text: string, fontSize: number, maxWidth: number): string {
  if (textWidth(text, fontSize) <= maxWidth) return text;
  const letters = Array.from(text).slice(0, 400);
  while (letters.length > 1 && textWidth(`${letters.join('')}...`, fontSize) > maxWidth)
    letters.pop();
  return `${letters.join('')}...`;
}

/** The text in lines that fit, broken between words; what is beyond the last line is cut. */
export function wrapText(
  text: string,
  fontSize: number,
  maxWidth: number,
  maxLines: number,
): string[] {
  const lines: string[] = [];
  for (const word of text.slice(0, 2000).split(/\s+/)) {
    const last = lines.at(-1);
    const longer = `${last} ${word}`;
    const isFull = lines.length === maxLines;
    if (last !== undefined && (isFull || textWidth(longer, fontSize) <= maxWidth)) {
      lines[lines.length - 1] = longer;
    } else lines.push(word);
  }
  return lines.map((line) => fitText(line, fontSize, maxWidth));
}
