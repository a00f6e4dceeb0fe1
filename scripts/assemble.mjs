// Assembles WebAssembly texts and keeps the bytes of each beside it as a module: nothing has to be found or read when
// they are used, and who installs the package needs no assembler. With --check it only says whether both agree.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import openWabt from 'wabt';

const folder = join(dirname(dirname(fileURLToPath(import.meta.url))), 'src', 'math');
const wabt = await openWabt();

for (const source of readdirSync(folder).filter((name) => name.endsWith('.wat'))) {
  const name = source.slice(0, -'.wat'.length);
  const target = join(folder, `${name}-wasm.ts`);
  const text = moduleOf(source, name);
  if (!process.argv.includes('--check')) writeFileSync(target, text);
  else if (readFileSync(target, 'utf8') !== text) {
    console.error(`src/math/${name}-wasm.ts is not what ${source} says: node scripts/assemble.mjs`);
    process.exitCode = 1;
  }
}

function moduleOf(source, name) {
  const parsed = wabt.parseWat(source, readFileSync(join(folder, source), 'utf8'), { simd: true });
  const { buffer } = parsed.toBinary({});
  const lines = Buffer.from(buffer)
    .toString('base64')
    .match(/.{1,96}/g)
    .map((line) => `  '${line}',`);
  const camelCase = name.replaceAll(/-(\w)/g, (_, letter) => letter.toUpperCase());
  return [
    `// Made of ${source} by scripts/assemble.mjs.`,
    '/** A WebAssembly module, in base64. */',
    `export const ${camelCase}Wasm = [`,
    ...lines,
    "].join('');",
    '',
  ].join('\n');
}
