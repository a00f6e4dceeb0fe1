#!/usr/bin/env node
import { setFlagsFromString } from 'node:v8';
import { Command, CommanderError, InvalidArgumentError } from 'commander';
import { tolerateClosedPipe } from './commands/closed-pipe.ts';
import type { EmulateOptions } from './commands/emulate.ts';
import type { PlotOptions } from './commands/plot.ts';
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

function readPositive(text: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value >= 1 && value <= 10_000) return value;
  throw new InvalidArgumentError('expected a whole number from 1 to 10000.');
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
  .option('--workers <n>', 'threads for shuffles and for writing; they change no number', readCount)
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
  .option('--graph [file]', 'print the graph as Mermaid, or draw it to a file as SVG')
  .action(
    async (pipeline: string, options: { set?: string[]; plan?: true; graph?: true | string }) => {
      const { checkCommand } = await import('./commands/check.ts');
      process.exitCode = await checkCommand(pipeline, options);
    },
  );

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
  .command('report')
  .summary('makes the page of a finished run')
  .description('Writes a page to look at the results of a run with: one file, no network.')
  .argument('<run>', 'folder of a finished run')
  .option('--out <file>', 'where the page goes (default: report.html in that folder)')
  .action(async (run: string, options: { out?: string }) => {
    const { reportCommand } = await import('./commands/report.ts');
    process.exitCode = await reportCommand(run, options);
  });

program
  .command('plot')
  .summary('draws a figure of a finished run')
  .description('Draws a figure of a finished run, as SVG or PNG.')
  .argument('<run>', 'the folder of the run')
  .requiredOption('--figure <name>', 'which one: session, spectrum, weights, psth ...')
  .option('--events <set>', 'averages around one set of events')
  .option('--assembly <n>', 'one assembly', readPositive)
  .option('--node <id>', 'of several fits or projections, the one of this node')
  .option('--format <format>', 'svg or png (default: svg, or what --out ends with)')
  .option('--dpi <n>', 'pixels per inch of a PNG (default: 300)', readPositive)
  .option('--width <px>', 'width at most, in pixels of 1/96 inch (default: 720)', readPositive)
  .option('--height <px>', 'height to aim at', readPositive)
  .option('--out <file>', 'the file (default: in the folder figures of the run)')
  .action(async (run: string, options: PlotOptions) => {
    const { plotCommand } = await import('./commands/plot.ts');
    process.exitCode = await plotCommand(run, options);
  });

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
  .command('emulate')
  .summary('publishes a recording as a rig would')
  .description('Publishes a recording as a running rig would, to rehearse a live run without one.')
  .argument('<rig>', 'open-ephys')
  .requiredOption('--session <dir>', 'folder of the recording')
  .option('--format <name>', 'broadcaster, broadcaster-raw or zmq-interface')
  .option('--address <address>', 'where it publishes (default: tcp://127.0.0.1:5557)')
  .option('--speed <n>', 'how many times as fast as it was recorded, or max (default: 1)')
  .option('--rate <hz>', 'samples per second of the rig (default: 30000)')
  .option('--brain-region <pattern>', 'which regions are published')
  .option('--cell-type <pattern>', 'which cell types are published')
  .option('--from <s>', 'where in the recording it begins')
  .option('--to <s>', 'where in the recording it ends')
  .option('--no-wait', 'begin before anyone has subscribed')
  .option('--seed <n>', 'of what goes wrong')
  .option('--drop <share>', 'messages that are lost')
  .option('--duplicate <share>', 'messages that come twice')
  .option('--reorder <s>', 'how much later than others a message may come')
  .option('--garbage <share>', 'messages that damaged ones precede')
  .option('--pause <at,s>', 'nothing comes for a while, and all of it then')
  .option('--restart <at>', 'the counter of samples begins again')
  .option('--reconnect <at,s>', 'the connection is lost for a while')
  .option('--load <n>', 'how many times every spike comes')
  .option('--json', 'print what was sent as JSON')
  .action(async (rig: string, options: EmulateOptions) => {
    const { emulateCommand } = await import('./commands/emulate.ts');
    process.exitCode = await emulateCommand(rig, options);
  });

program
  .command('recover')
  .summary('makes files of a live run that was cut short')
  .description('Makes files of the journals that a live run left which did not come to its end.')
  .argument('<run>', 'folder of the run')
  .option('--json', 'print what was found as JSON')
  .action(async (run: string, options: { json?: true }) => {
    const { recoverCommand } = await import('./commands/recover.ts');
    process.exitCode = await recoverCommand(run, options);
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
    process.stderr.write(`${error.message}\n`);
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
