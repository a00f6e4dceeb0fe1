/**
 * Pairs each pattern with another of its own so that the absolute cosines add up to the most.
 * @param weights patterns of L2 norm 1
 * @param others as many patterns or more, over the same units, of L2 norm 1
 * @returns index into `others` of each pattern's partner
 */
export function bestMatches(
  weights: readonly Float64Array[],
  others: readonly Float64Array[],
): Int32Array {
  return assign(weights.map((a) => Float64Array.from(others, (b) => 1 - absoluteCosine(a, b))));
}

/** |cosine| of the angle between two patterns of L2 norm 1. */
export function absoluteCosine(a: Float64Array, b: Float64Array): number {
  let dot = 0;
  for (let unit = 0; unit < a.length; unit++) dot += a[unit] * b[unit];
  return Math.min(1, Math.abs(dot));
}

/**
 * The assignment of rows to columns, one to one, of least total cost. Rows enter one by one; each takes the cheapest
 * path of reassignments to a free column. Cubic in the number of columns.
 * @param costs one array per row, of one length, not shorter than there are rows
 * Source: Kuhn 1955, Naval Research Logistics, doi 10.1002/nav.3800020109, as shortest augmenting paths
 */
function assign(costs: readonly Float64Array[]): Int32Array {
  const nRows = costs.length;
  const nColumns = costs[0]?.length ?? 0;
  const rowOf = new Int32Array(nColumns).fill(-1);
  const rowPrices = new Float64Array(nRows);
  const columnPrices = new Float64Array(nColumns);
  for (let entering = 0; entering < nRows; entering++) {
    const distances = new Float64Array(nColumns).fill(Number.POSITIVE_INFINITY);
    const cameFrom = new Int32Array(nColumns).fill(-1);
    const isDone = new Uint8Array(nColumns);
    let row = entering;
    let column = -1;
    let reached = 0;
    do {
      let nearest = -1;
      for (let j = 0; j < nColumns; j++) {
        if (isDone[j] === 1) continue;
        const distance = reached + costs[row][j] - rowPrices[row] - columnPrices[j];
        if (distance < distances[j]) {
          distances[j] = distance;
          cameFrom[j] = column;
        }
        if (nearest < 0 || distances[j] < distances[nearest]) nearest = j;
      }
      column = nearest;
      reached = distances[column];
      isDone[column] = 1;
      row = rowOf[column];
    } while (row >= 0);
    rowPrices[entering] += reached;
    for (let j = 0; j < nColumns; j++) {
      if (isDone[j] === 0 || j === column) continue;
      rowPrices[rowOf[j]] += reached - distances[j];
      columnPrices[j] -= reached - distances[j];
    }
    while (column >= 0) {
      const previous = cameFrom[column];
      rowOf[column] = previous < 0 ? entering : rowOf[previous];
      column = previous;
    }
  }
  const columnOf = new Int32Array(nRows);
  rowOf.forEach((owner, column) => {
    if (owner >= 0) columnOf[owner] = column;
  });
  return columnOf;
}
