import { expect, test } from 'vitest';
import { beginMarker, endMarker, renderTables, replaceBetweenMarkers } from './readme.ts';
import { figuresOf, reading, resultsOf } from './sample-results.ts';

const groups = [
  { name: 'none', says: 'A group without figures.' },
  { name: 'some', says: 'A group | with a bar.' },
];

test('tables say where, when, and each figure with what it is held against', () => {
  const readings = {
    floor: [reading(1), reading(2), reading(3)],
    run: [3, 6, 9].map((x) => reading(x, 200, { bytes: 3 * 2 ** 20 })),
  };
  const bounds = {
    run: [
      { value: 'seconds', to: 'floor', most: 2.5 },
      { value: 'peakRssBytes', most: 250 * 2 ** 20 },
    ],
  };
  const text = renderTables(resultsOf(figuresOf(readings, bounds)), groups);
  expect(text).toContain(
    '2026-01-02, rekindle 1.2.3 (abc1234), Node.js v20.19.0, Some CPU, 2 cores',
  );
  expect(text).toContain('16 GiB');
  expect(text).toContain('Medians of 3 rounds');
  expect(text).not.toContain('without figures');
  expect(text).toContain('A group \\| with a bar.');
  expect(text.split('\n').at(-1)).toBe(
    '| `run` | What run is. | 6.00 (3.00 to 9.00) | 200 MiB | ' +
      'time / floor 3.00, 3.00 by cpu time (target 2.50: MISSED)<br>peak memory 200 MiB (target 250 MiB: met)<br>3 MiB written |',
  );
});

test('figures of small recordings are not told', () => {
  expect(() => renderTables(resultsOf([], { isQuick: true }), groups)).toThrow('--quick');
});

test('tables go between the markers, over and over, and nothing else changes', () => {
  const text = `# Title\n\n${beginMarker}\n${endMarker}\n\nThe end.\n`;
  const once = replaceBetweenMarkers(text, 'old');
  expect(once).toBe(`# Title\n\n${beginMarker}\nold\n${endMarker}\n\nThe end.\n`);
  expect(replaceBetweenMarkers(once, 'old')).toBe(once);
  expect(replaceBetweenMarkers(once, 'new $&')).toBe(once.replace('old', () => 'new $&'));
});

test.each([
  '',
  beginMarker,
  endMarker,
  `${endMarker} ${beginMarker}`,
  `${beginMarker}${endMarker}${beginMarker}`,
  `${beginMarker}${endMarker}${endMarker}`,
])('there is no place for tables in %j', (text) => {
  expect(() => replaceBetweenMarkers(text, 'tables')).toThrow('no place');
});
