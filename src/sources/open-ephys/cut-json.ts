/**
 * The value of a JSON text whose last bytes may be missing: members that are whole are kept. Trailing NULs are no part
 * of it. Undefined where it is no object at all.
 */
export function parseCutJson(bytes: Uint8Array): unknown {
  const text = new TextDecoder().decode(bytes).replace(/\0+$/, '');
  const whole = parse(text);
  if (whole !== undefined || !text.trimStart().startsWith('{')) return whole;
  const { at, closers } = lastWholeMember(text);
  return at > 0 ? parse(text.slice(0, at) + closers) : undefined;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/** Where the last comma between members stands, and what closes the text there. */
function lastWholeMember(text: string): { at: number; closers: string } {
  const open: string[] = [];
  let isString = false;
  let found = { at: 0, closers: '' };
  for (let i = 0; i < text.length; i++) {
    const c = text[i];
    if (isString) {
      if (c === '\\') i++;
      else if (c === '"') isString = false;
    } else if (c === '"') isString = true;
    else if (c === '{') open.push('}');
    else if (c === '[') open.push(']');
    else if (c === '}' || c === ']') open.pop();
    else if (c === ',') found = { at: i, closers: [...open].reverse().join('') };
  }
  return found;
}
