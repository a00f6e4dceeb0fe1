// `npm run bench`: how long things take, how much memory, and against which floor. `--help` says what may be asked.
import { register } from 'node:module';

register('../fuzz/typescript-hooks.mjs', import.meta.url);
const { main } = await import('./main.ts');
process.exitCode = await main(process.argv.slice(2));
