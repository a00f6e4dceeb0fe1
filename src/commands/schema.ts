import { describePipelines } from '../pipeline/schema.ts';
import { builtins } from '../registry.ts';

/** `rekindle schema`: the JSON Schema of pipeline files, on standard output. */
export function schemaCommand(): number {
  process.stdout.write(`${JSON.stringify(describePipelines(builtins), null, 2)}\n`);
  return 0;
}
