import { expect, test } from 'vitest';
import { readArguments } from './arguments.ts';

test('without arguments everything is measured five times on the build in dist', () => {
  expect(readArguments([])).toEqual({
    rounds: 5,
    only: [],
    isQuick: false,
    json: undefined,
    dist: 'dist',
    does: 'measure',
    isMerged: false,
    compare: undefined,
    margin: 0.25,
  });
});

test('figures are named one by one, by commas, or by --only over and over', () => {
  const named = ['a', 'b', 'c'];
  expect(readArguments(['--only', 'a', 'b', 'c']).only).toEqual(named);
  expect(readArguments(['--only', 'a,b,c']).only).toEqual(named);
  expect(readArguments(['--only', 'a', '--only', 'b', '--rounds', '7', 'c'])).toMatchObject({
    only: named,
    rounds: 7,
  });
});

test('quick means two rounds, unless others are asked for', () => {
  expect(readArguments(['--quick'])).toMatchObject({ isQuick: true, rounds: 2 });
  expect(readArguments(['--quick', '--rounds', '3']).rounds).toBe(3);
});

test('one thing is done at a time', () => {
  expect(readArguments(['--list']).does).toBe('list');
  expect(readArguments(['--readme']).does).toBe('readme');
  expect(readArguments(['-h', '--list']).does).toBe('help');
  expect(readArguments(['--compare', 'base.json', '--margin', '0.1'])).toMatchObject({
    does: 'measure',
    compare: 'base.json',
    margin: 0.1,
  });
});

test.each([
  [['whole'], '--only'],
  [['--rounds', '0'], '--rounds'],
  [['--rounds', '2.5'], '--rounds'],
  [['--margin', 'much'], '--margin'],
  [['--margin', '-0.1'], '--margin'],
  [['--fast'], '--fast'],
])('%j is refused', (args, named) => {
  expect(() => readArguments(args)).toThrow(named);
});
