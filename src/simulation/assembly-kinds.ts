export type AssemblyKind = 'CA1' | 'CA1+PFC' | 'PFC';

export interface AssemblySize {
  /** Members of CA1 and of PFC, fewest and most. */
  readonly ca1: readonly [number, number];
  readonly pfc: readonly [number, number];
}

export const assemblySizes: Readonly<Record<AssemblyKind, AssemblySize>> = {
  CA1: { ca1: [5, 6], pfc: [0, 0] },
  'CA1+PFC': { ca1: [4, 4], pfc: [3, 3] },
  PFC: { ca1: [0, 0], pfc: [4, 5] },
};

/** Kinds of so many assemblies: a fifth across regions, a fifth within PFC, the others within CA1. */
export function assemblyKinds(nAssemblies: number): AssemblyKind[] {
  const nOther = Math.round(nAssemblies / 5);
  return Array.from({ length: nAssemblies }, (_, index) => {
    const left = nAssemblies - index;
    return left <= nOther ? 'PFC' : left <= 2 * nOther ? 'CA1+PFC' : 'CA1';
  });
}

/** Units that assemblies of these kinds may need. */
export function membersNeeded(kinds: readonly AssemblyKind[]): { ca1: number; pfc: number } {
  return {
    ca1: kinds.reduce((sum, kind) => sum + assemblySizes[kind].ca1[1], 0),
    pfc: kinds.reduce((sum, kind) => sum + assemblySizes[kind].pfc[1], 0),
  };
}
