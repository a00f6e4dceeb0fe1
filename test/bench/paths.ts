import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../..', import.meta.url));
/** Where the suite keeps what it makes; inside the project, for what it makes imports its packages. */
export const benchFolder = process.env.REKINDLE_BENCH_FOLDER ?? join(root, 'out', 'bench');
export const scratchFolder = join(benchFolder, 'scratch');
