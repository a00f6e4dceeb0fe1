// Assembles WebAssembly text and keeps the bytes beside it as a module: nothing has to be found or read when they are used,
// and who installs the package needs no assembler. With --check it only says whether both agree.
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import openWabt from 'wabt';

const folder = join(dirname(dirname(fileURLToPath(import.meta.url))), 'src', 'math');
const source = join(folder, 'strengths.wat');
const target = join(folder, 'strengths-wasm.ts');

const wabt = await openWabt();
const parsed = wabt.parseWat(source, readFileSync(source, 'utf8'), { simd: true });
const { buffer } = parsed.toBinary({});
const lines = Buffer.from(buffer)
  .toString('base64')
  .match(/.{1,96}/g)
  .map((line) => `  '${line}',`);
const text = [
  '// Made of strengths.wat by scripts/assemble.mjs.',
  '/** A WebAssembly module, in base64. */',
  'export const strengthsWasm = [',
  ...lines,
  "].join('');",
  '',
].join('\n');
if (!process.argv.includes('--check')) writeFileSync(target, text);
else if (readFileSync(target, 'utf8') !== text) {
  console.error(
    'src/math/strengths-wasm.ts is not what strengths.wat says: node scripts/assemble.mjs',
  );
  process.exitCode = 1;
}
