#!/usr/bin/env node
import { setFlagsFromString } from 'node:v8';
import { Command, CommanderError, InvalidArgumentError } from 'commander';
import { tolerateClosedPipe } from './commands/closed-pipe.ts';
import type { SimulateOptions } from './commands/simulate.ts';
import { PipelineError, renderError } from './errors.ts';
import { Interrupted } from './pipeline/run.ts';
import { version } from './version.ts';

/** Collects `--set a=1 b=2 --set c=3`. */
function collectPairs(pair: string, pairs: string[] = []): string[] {
  return [...pairs, pair];
}

function readCount(text: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value >= 0 && value <= 64) return value;
  throw new InvalidArgumentError(
    'expected a whole number from 0 (none besides the main thread) to 64.',
  );
}

// The data are in typed arrays, outside V8's heap; the room it would take for young objects, some 20 MB, stays empty.
setFlagsFromString('--semi-space-growth-factor=1');

const program = new Command('rekindle')
  .description('Finds cell assemblies in neural spike recordings and follows their reactivation.')
  .version(version)
  .showHelpAfterError('(run with --help for what there is)')
  .exitOverride();

program
  .command('run')
  .summary('runs a pipeline')
  .description('Runs a pipeline and writes its results to a folder.')
  .argument('<pipeline>', 'the YAML file')
  .option('--set <name=value...>', 'values for parameters of the pipeline', collectPairs)
  .option('--out <dir>', 'folder for the results (default: out/NAME)')
  .option('--overwrite', 'replace a run that is there')
  .option('--workers <n>', 'threads for shuffles; they change no number', readCount)
  .option('--json', 'print the summary as JSON')
  .action(
    async (
      pipeline: string,
      options: { set?: string[]; out?: string; overwrite?: true; workers?: number; json?: true },
    ) => {
      const { runCommand } = await import('./commands/run.ts');
      process.exitCode = await runCommand(pipeline, options);
    },
  );

program
  .command('check')
  .summary('checks a pipeline without running it')
  .description('Reports every problem of a pipeline, with line and column.')
  .argument('<pipeline>', 'the YAML file')
  .option('--set <name=value...>', 'values for parameters of the pipeline', collectPairs)
  .option('--plan', 'print the passes of the run, with bins, memory and output size expected')
  .action(async (pipeline: string, options: { set?: string[]; plan?: true }) => {
    const { checkCommand } = await import('./commands/check.ts');
    process.exitCode = await checkCommand(pipeline, options);
  });

program
  .command('inspect')
  .summary('prints what a recording holds')
  .description(
    'Prints units by region and type, epochs, states, events and durations of a recording.',
  )
  .argument('<session>', 'folder of a recording')
  .option('--brain-region <pattern>', 'which regions to keep')
  .option('--cell-type <pattern>', 'which cell types to keep')
  .option('--json', 'print it as JSON')
  .action(
    async (session: string, options: { brainRegion?: string; cellType?: string; json?: true }) => {
      const { inspectCommand } = await import('./commands/inspect.ts');
      process.exitCode = await inspectCommand(session, options);
    },
  );

program
  .command('simulate')
  .summary('makes a recording with planted assemblies')
  .description(
    'Writes a simulated recording, and beside it the truth that an analysis should find.',
  )
  .option('--preset <name>', 'small (10 min), medium (1 h) or full (6.6 h)', 'small')
  .option('--seed <n>', 'another seed, another recording', '1')
  .option('--hours <h>', 'how long, instead of the preset')
  .option('--units <n>', 'putative pyramidal units of CA1; the others in proportion')
  .option('--assemblies <k>', 'how many assemblies are planted')
  .option('--no-assemblies', 'none are planted')
  .option('--format <name>', 'tables or cellexplorer', 'tables')
  .option('--out <dir>', 'folder of the recording (default: out/sim_PRESET_SEED)')
  .option('--overwrite', 'replace files of the same names')
  .action(async (options: SimulateOptions) => {
    const { simulateCommand } = await import('./commands/simulate.ts');
    process.exitCode = await simulateCommand(options);
  });

program
  .command('list')
  .summary('describes sources, operators and sinks')
  .description('Lists what a pipeline may name, or describes one of them with ports and options.')
  .argument('[op]', 'the one to describe')
  .action(async (op: string | undefined) => {
    const { listCommand } = await import('./commands/list.ts');
    process.exitCode = listCommand(op);
  });

program
  .command('schema')
  .summary('prints the JSON Schema of pipeline files')
  .description('Prints the JSON Schema of pipeline files, for completion in editors.')
  .action(async () => {
    const { schemaCommand } = await import('./commands/schema.ts');
    process.exitCode = schemaCommand();
  });

tolerateClosedPipe(process.stdout);
try {
  await program.parseAsync();
} catch (error) {
  process.exitCode = report(error);
}

function report(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  if (error instanceof Interrupted) {
    process.stderr.write('interrupted; partial files removed\n');
    return 130;
  }
  if (error instanceof PipelineError) {
    process.stderr.write(`${renderError(error)}\n`);
    return error.exitCode;
  }
  process.stderr.write(
    `rekindle met a fault of its own; please report it.\n${error instanceof Error ? error.stack : error}\n`,
  );
  return 1;
}
