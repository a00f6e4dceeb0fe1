// Lets Node find no package that MISSING_PACKAGES names.
import { createRequire, register } from 'node:module';

const missing = new Set((process.env.MISSING_PACKAGES ?? '').split(' '));

function notFound(name) {
  return Object.assign(new Error(`Cannot find package '${name}'`), { code: 'ERR_MODULE_NOT_FOUND' });
}

register(
  `data:text/javascript,${encodeURIComponent(`
    const missing = new Set(${JSON.stringify([...missing])});
    export async function resolve(specifier, context, next) {
      if (missing.has(specifier)) {
        throw Object.assign(new Error("Cannot find package '" + specifier + "'"), { code: 'ERR_MODULE_NOT_FOUND' });
      }
      return next(specifier, context);
    }`)}`,
  import.meta.url,
);

// Fonts are files of a package, found the CommonJS way.
const Module = createRequire(import.meta.url)('node:module');
const resolveFilename = Module._resolveFilename;
Module._resolveFilename = function (request, ...rest) {
  if ([...missing].some((name) => name !== '' && request.startsWith(`${name}/`))) throw notFound(request);
  return resolveFilename.call(this, request, ...rest);
};
