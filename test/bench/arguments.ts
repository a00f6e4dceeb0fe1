import { parseArgs } from 'node:util';

export interface Settings {
  readonly rounds: number;
  readonly only: readonly string[];
  readonly isQuick: boolean;
  /** File to write, and to read where nothing is measured. */
  readonly json: string | undefined;
  readonly dist: string;
  readonly does: 'measure' | 'list' | 'readme' | 'help';
  readonly isMerged: boolean;
  readonly compare: string | undefined;
  /** Part by which a figure may be worse than the base. */
  readonly margin: number;
}

export const help = `npm run bench -- [options]
  --only NAME ...    figures or groups, with what they are held against; all by default
  --list             what there is
  --rounds N         how often each is measured, 5 by default
  --quick            two rounds on small recordings: for trying things out, not for telling
  --json FILE        where the figures go; out/bench/bench.json by default, quick ones to quick.json
  --merge            keep the figures of that file that are not measured now
  --compare FILE     hold the figures against those of an earlier file; exit code 1 past the margin
  --margin PART      by how much a figure may be worse, 0.25 by default
  --readme           only rewrite the table in README.md from the file
  --dist DIR         the build to measure; dist by default`;

/** @throws Error for what cannot be meant */
export function readArguments(args: readonly string[]): Settings {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      only: { type: 'string', multiple: true },
      list: { type: 'boolean', default: false },
      rounds: { type: 'string' },
      quick: { type: 'boolean', default: false },
      json: { type: 'string' },
      merge: { type: 'boolean', default: false },
      compare: { type: 'string' },
      margin: { type: 'string', default: '0.25' },
      readme: { type: 'boolean', default: false },
      dist: { type: 'string', default: 'dist' },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  // `--only a b` reads as the option "a" and the argument "b".
  if (positionals.length > 0 && values.only === undefined) {
    throw new Error(`"${positionals[0]}" is no option; figures are named with --only`);
  }
  const rounds = Number(values.rounds ?? (values.quick ? 2 : 5));
  if (!Number.isInteger(rounds) || rounds < 1) throw new Error('--rounds takes a number from 1');
  const margin = Number(values.margin);
  if (!(margin >= 0)) throw new Error('--margin takes a part, 0.25 for a quarter');
  return {
    rounds,
    only: [...(values.only ?? []), ...positionals].flatMap((name) => name.split(',')),
    isQuick: values.quick,
    json: values.json,
    dist: values.dist,
    does: values.help ? 'help' : values.list ? 'list' : values.readme ? 'readme' : 'measure',
    isMerged: values.merge,
    compare: values.compare,
    margin,
  };
}
