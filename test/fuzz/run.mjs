// `npm run fuzz`: damaged pipelines and recordings, each of which must be read or refused as it should.
//   --target NAME   pipelines, mat, tables, moments, rigs or lines; all by default
//   --from SEED     where to begin; where the last run stopped by default
//   --count N       how many cases of each target
//   --jobs N        processes at once
//   --json          the outcome as JSON
import { register } from 'node:module';

register('./typescript-hooks.mjs', import.meta.url);
const isWorker = process.argv[2] === '--worker';
const { main } = await import(isWorker ? './worker.ts' : './runner.ts');
process.exitCode = await main(process.argv.slice(isWorker ? 3 : 2));
