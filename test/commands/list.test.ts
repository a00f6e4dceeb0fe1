import { describe, expect, test } from 'vitest';
import { builtins } from '../../src/registry.ts';
import { rekindle } from '../support/cli.ts';

const nodes = [...builtins.sources, ...builtins.operators, ...builtins.sinks];

test('list names every node once, in the order data meets them', () => {
  const { status, stdout } = rekindle(['list']);
  expect(status).toBe(0);
  const named = stdout.split('\n').flatMap((line) => /^ {2}([a-z-]+) /.exec(line)?.[1] ?? []);
  expect(named).toEqual(nodes.map(({ op }) => op));
});

describe.each(nodes.map(({ op }) => op))('list %s', (op) => {
  test('describes every port and option', () => {
    const { status, stdout } = rekindle(['list', op]);
    expect(status).toBe(0);
    const node = nodes.find((candidate) => candidate.op === op);
    for (const [key, param] of Object.entries(node?.params ?? {})) {
      expect(stdout).toMatch(new RegExp(`^ {2}${key} `, 'm'));
      expect(stdout).toContain(param.doc);
    }
    const ports = node?.kind === 'operator' ? Object.keys(node.inputs) : [];
    for (const port of ports) expect(stdout).toMatch(new RegExp(`^ {2}${port} `, 'm'));
  });
});

test('an unknown op exits with 2 and names the nearest', () => {
  const { status, stderr } = rekindle(['list', 'projct']);
  expect(status).toBe(2);
  expect(stderr).toContain('did you mean "project"');
});

test('schema prints JSON', () => {
  const { status, stdout } = rekindle(['schema']);
  expect(status).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({ title: 'rekindle pipeline' });
});
