/**
 * Largest eigenvalue that the correlation matrix of independent units has in the limit of many units and bins:
 * (1 + √(nUnits / nBins))².
 * @returns Infinity for no bins
 * Source: Marchenko & Pastur 1967, Math USSR Sbornik, doi 10.1070/SM1967v001n04ABEH001994
 */
export function marchenkoPasturBound(nBins: number, nUnits: number): number {
  const binsPerUnit = nBins / nUnits;
  return (1 + Math.sqrt(1 / binsPerUnit)) ** 2;
}

/**
 * The Marchenko-Pastur bound plus nUnits^(-2/3), a coarse stand-in for the spread that Tracy and Widom found of the
 * largest eigenvalue: it does not shrink with the number of bins, and so is strict.
 * Source: neuro_py, option `tracywidom`
 */
export function neuroPyTracyWidomBound(nBins: number, nUnits: number): number {
  return marchenkoPasturBound(nBins, nUnits) + nUnits ** (-2 / 3);
}
