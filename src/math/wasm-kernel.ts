const pageSize = 65_536;

/** Compiled once per thread. */
const compiled = new Map<string, WebAssembly.Module>();

/**
 * What a WebAssembly module exports, with a memory of its own of at least `nBytes`; undefined where WebAssembly, its
 * instructions on two numbers, or the room are not there: loops of JavaScript give the same numbers.
 * @param bytes the module, in base64
 */
export function openKernel<Kernel extends { readonly memory: WebAssembly.Memory }>(
  bytes: string,
  nBytes: number,
): Kernel | undefined {
  try {
    let module = compiled.get(bytes);
    if (!module) {
      module = new WebAssembly.Module(Buffer.from(bytes, 'base64'));
      compiled.set(bytes, module);
    }
    const kernel = new WebAssembly.Instance(module).exports as unknown as Kernel;
    const { memory } = kernel;
    memory.grow(Math.max(0, Math.ceil(nBytes / pageSize) - memory.buffer.byteLength / pageSize));
    return kernel;
  } catch {
    return undefined;
  }
}
