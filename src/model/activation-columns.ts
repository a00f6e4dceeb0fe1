/** Column names of K assemblies: `time`, `assembly_1` to `assembly_K`. */
export function activationColumns(nAssemblies: number): string[] {
  const assemblies = Array.from({ length: nAssemblies }, (_, index) => `assembly_${index + 1}`);
  return ['time', ...assemblies];
}
