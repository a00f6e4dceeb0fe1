import type { SourceFrame, StatusFrame, TriggerFrame } from '../frame.ts';
import { byId, rounded, say } from './elements.ts';

/** What is said of each state. */
const stateWords: Readonly<Record<string, string>> = {
  waiting: 'waiting for the first bin',
  running: 'bins are coming',
  stale: 'nothing comes any more',
  ended: 'the run is over',
  lost: 'this page has lost the run',
};

export function showState(state: string, words = ''): void {
  const element = byId('state');
  if (element.dataset.state !== state) element.dataset.state = state;
  say(byId('state-name'), state === 'lost' ? 'connection lost' : state);
  say(byId('state-text'), `${stateWords[state] ?? ''}${words}`);
}

export function showStatus(status: StatusFrame): void {
  const isSilent = status.state === 'stale';
  showState(status.state, isSilent ? `, since ${rounded(status.silent, 1)} s` : '');
  const sum = (of: (source: SourceFrame) => number): number =>
    status.sources.reduce((total, source) => total + of(source), 0);
  const latencies = status.sources.flatMap(({ latency }) => latency ?? []);
  const facts: [string, string][] = [
    ['recording', status.time === null ? '–' : `${rounded(status.time, 2)} s`],
    ['bins', String(status.nBins)],
    ['latency', latencies.length > 0 ? `${rounded(1000 * Math.max(...latencies), 1)} ms` : '–'],
    ['spikes queued', String(sum(({ queued }) => queued))],
    ['late', String(sum(({ counts }) => counts.late ?? 0))],
    ['dropped', String(sum(({ counts }) => counts.dropped ?? 0))],
    ['triggers', String(status.nTriggers)],
    ['points not shown', String(status.nDropped)],
  ];
  showFacts(facts);
  showSources(status.sources);
}

function showFacts(facts: readonly (readonly [string, string])[]): void {
  const list = byId('facts');
  if (list.children.length !== facts.length) {
    list.replaceChildren(
      ...facts.map(([name]) => {
        const fact = document.createElement('div');
        const term = document.createElement('dt');
        term.textContent = name;
        fact.append(term, document.createElement('dd'));
        return fact;
      }),
    );
  }
  facts.forEach(([, value], index) => {
    const place = list.children[index]?.lastElementChild;
    if (place instanceof HTMLElement) say(place, value);
  });
}

function showSources(sources: readonly SourceFrame[]): void {
  const names = [...new Set(sources.flatMap(({ counts }) => Object.keys(counts)))];
  const head = ['source', 'state', 'known up to (s)', 'queued', ...names];
  const rows = sources.map(({ node, state, watermark, queued, counts }) => [
    node,
    state,
    watermark === null ? '–' : rounded(watermark, 3),
    String(queued),
    ...names.map((name) => String(counts[name] ?? 0)),
  ]);
  fill(byId('sources-head'), [head], 'th');
  fill(byId('sources'), rows, 'td');
}

/** Rows of a table; cells are made only where their number changes. */
function fill(body: HTMLElement, rows: readonly (readonly string[])[], cell: 'th' | 'td'): void {
  const isFit =
    body.children.length === rows.length &&
    rows.every((row, index) => body.children[index]?.children.length === row.length);
  if (!isFit) {
    body.replaceChildren(
      ...rows.map((row) => {
        const line = document.createElement('tr');
        line.append(...row.map(() => document.createElement(cell)));
        return line;
      }),
    );
  }
  rows.forEach((row, index) => {
    row.forEach((words, column) => {
      const place = body.children[index]?.children[column];
      if (place instanceof HTMLElement) say(place, words);
    });
  });
}

const maxListed = 12;

export function showTriggers(triggers: readonly TriggerFrame[]): void {
  const latest = triggers.slice(-maxListed).reverse();
  say(byId('triggers-hint'), latest.length > 0 ? 'The latest first.' : 'None yet.');
  byId('triggers').replaceChildren(
    ...latest.map((trigger) => {
      const item = document.createElement('li');
      item.textContent = describeTrigger(trigger);
      return item;
    }),
  );
}

function describeTrigger({ node, time, assembly, line, isOn }: TriggerFrame): string {
  const at = `${rounded(time, 3)} s`;
  if (assembly !== undefined) return `${at} ${node}: assembly ${assembly}`;
  if (line === undefined) return `${at} ${node}`;
  return `${at} ${node}: line ${line} ${isOn === false ? 'off' : 'on'}`;
}
