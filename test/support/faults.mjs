// Loaded into a child process with --import: counts what it does to one folder and, at a chosen step, lets it die, be
// interrupted or fail. REKINDLE_FAULT holds { folder, at, how, instead, log }: `how` names a signal or an error code, `at`
// counts from 1, `instead` is opened in place of the file of that step, and every step is appended to the file `log`.
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { relative } from 'node:path';

const { folder, at = 0, how, instead, log } = JSON.parse(process.env.REKINDLE_FAULT ?? '{}');
const places = new WeakMap();
let nSteps = 0;

function step(what, place) {
  const name = relative(folder, String(place));
  if (name.startsWith('..')) return;
  nSteps++;
  if (log) fs.appendFileSync(log, `${what} ${name || '.'}\n`);
  if (nSteps !== at || !how) return;
  if (how.startsWith('SIG')) process.kill(process.pid, how);
  else throw Object.assign(new Error(`${how}: made to fail, ${what}`), { code: how });
}

const { open } = fs.promises;
for (const name of ['mkdir', 'rename', 'rm']) {
  const original = fs.promises[name];
  fs.promises[name] = async (place, ...rest) => {
    step(name, place);
    return original(place, ...rest);
  };
}
fs.promises.open = async (place, ...rest) => {
  step('open', place);
  if (instead && nSteps === at) return open(instead, 'r');
  const handle = await open(place, ...rest);
  places.set(handle, place);
  return handle;
};
const probe = await open(new URL(import.meta.url));
const prototype = Object.getPrototypeOf(probe);
await probe.close();
for (const name of ['writev', 'appendFile', 'sync']) {
  const original = prototype[name];
  prototype[name] = async function (...args) {
    // What was opened elsewhere has no place here.
    if (places.has(this)) step(name === 'writev' ? 'write' : name, places.get(this));
    return original.apply(this, args);
  };
}
syncBuiltinESMExports();
