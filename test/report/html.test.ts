import { expect, test } from 'vitest';
import { escapeHtml, html, Markup, scriptJson } from '../../src/report/html.ts';

test('what is put into markup is escaped, in text and in attributes', () => {
  const region = '<img src=x onerror="alert(1)">';
  expect(html`<td title="${region}">${region}</td>`.text).toBe(
    '<td title="&lt;img src=x onerror=&quot;alert(1)&quot;&gt;">&lt;img src=x onerror=&quot;alert(1)&quot;&gt;</td>',
  );
  expect(escapeHtml(`&'"<>`)).toBe('&amp;&#39;&quot;&lt;&gt;');
});

test('markup goes in as it is, lists one after the other, what is missing not at all', () => {
  const items = ['a', '<b>'].map((name) => html`<li>${name}</li>`);
  const none: string | undefined = undefined;
  const page = html`<ul>${items}</ul>${none}${null}${false}${0}${new Markup('<hr>')}`;
  expect(page.text).toBe('<ul><li>a</li><li>&lt;b&gt;</li></ul>0<hr>');
});

test('characters that HTML does not know are replaced', () => {
  expect(escapeHtml('a\u0000b\u0008c\ud800d\u009fe')).toBe('a\ufffdb\ufffdc\ufffdd\ufffde');
  expect(escapeHtml('Zürich 海馬 🧠\n\t')).toBe('Zürich 海馬 🧠\n\t');
});

test('no text in JSON can end the script element it stands in', () => {
  const value = { region: '</script><script>alert(1)</script>', other: '<!-- ]]>' };
  const { text } = scriptJson(value);
  expect(text).not.toContain('<');
  expect(JSON.parse(text)).toEqual(value);
});
