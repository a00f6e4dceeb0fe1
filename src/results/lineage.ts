import type { RunResults } from './run-results.ts';

/** The node, or node and port, that a prefix of files stands for. */
export function nodeOf(prefix: string): string {
  return prefix.replace(/\.$/, '');
}

/** The wire that feeds an input of a node, as `node.port`. */
function wireOf({ run }: RunResults, node: string, port: string): string {
  return run.nodes.find(({ id }) => id === node)?.inputs.get(port) ?? '';
}

/** Which of the prefixes of a kind of file holds what flows on a wire. */
function prefixOf(wire: string, prefixes: readonly string[]): string | undefined {
  const [only, ...others] = prefixes;
  if (only === '' && others.length === 0) return only;
  return prefixes.find((prefix) => prefix !== '' && `${wire}.`.startsWith(prefix));
}

/** Prefix of the activation that an event-align node averaged; undefined when the run did not record it. */
export function activationOf(results: RunResults, aligned: string): string | undefined {
  return prefixOf(wireOf(results, aligned, 'activation'), results.activations);
}

/** Prefix of the patterns whose activation it is; undefined when they were not fitted in this run. */
export function fitOf(results: RunResults, activation: string): string | undefined {
  const node = activation === '' ? projectNode(results) : nodeOf(activation).split('.')[0];
  const patterns = wireOf(results, node ?? '', 'patterns');
  const isFromFile = results.run.sources.some(({ node: id }) => patterns.startsWith(`${id}.`));
  return isFromFile ? undefined : prefixOf(patterns, results.fits);
}

function projectNode({ run }: RunResults): string | undefined {
  return run.nodes.find(({ outputs }) => [...outputs.values()].includes('activation'))?.id;
}

/** What `run.json` says of the fit behind a prefix. */
export function detectionOf({ run, fits }: RunResults, fit: string) {
  const node = nodeOf(fit).split('.')[0];
  const fitted = run.detection.filter(({ node: id }) => run.nodes.some((one) => one.id === id));
  if (node !== '') return fitted.find((one) => one.node === node);
  const isSource = (id: string) => run.sources.some((source) => source.node === id);
  return fits.includes('') ? fitted.find((one) => !isSource(one.node)) : undefined;
}
