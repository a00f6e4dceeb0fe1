/** Text that is markup already. Only what is written here or was drawn by our own figures may become one. */
export class Markup {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

type Content = Markup | string | number | false | undefined | null | readonly Content[];

/**
 * Markup with what is put into it escaped, wherever it came from; markup goes in as it is, lists one after the other, and
 * what is missing or false not at all.
 */
export function html(pieces: TemplateStringsArray, ...contents: readonly Content[]): Markup {
  const parts = pieces.map((piece, index) => piece + render(contents[index]));
  return new Markup(parts.join(''));
}

function render(content: Content): string {
  if (content === undefined || content === null || content === false) return '';
  if (content instanceof Markup) return content.text;
  if (typeof content === 'string' || typeof content === 'number') return escapeHtml(`${content}`);
  return content.map(render).join('');
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Text as it may stand between tags and in quoted attributes; characters that HTML does not know are replaced. */
export function escapeHtml(text: string): string {
  return text
    .replace(/[&<>"']/g, (character) => entities[character] ?? '')
    .replace(/[^\t\n\r\u0020-\u007e\u00a0-\ud7ff\ue000-\u{10ffff}]/gu, '\ufffd');
}

/** JSON that may stand in a script element, whatever texts it holds. */
export function scriptJson(value: unknown): Markup {
  return new Markup(JSON.stringify(value).replaceAll('<', '\\u003c'));
}
