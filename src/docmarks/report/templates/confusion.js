// The confusion matrix at a threshold, from the lists that docmarks.evaluate.confusion.thresholded makes.

// How many of a falling list are at least so much.
function atLeast(falling, least) {
  let low = 0, high = falling.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (falling[middle] >= least) low = middle + 1; else high = middle;
  }
  return low;
}

// Rows are predicted labels, columns true ones; the last of each is what has no partner. least: in ten-thousandths.
function countConfusion(data, least) {
  const counts = data.cells.map(row => row.map(cell => atLeast(cell, least)));
  counts.push([...data.truths.map(found => found.length - atLeast(found, least)), 0]);
  return {counts, unknown: data.unknown.map(scores => atLeast(scores, least))};
}

// Shares of each row ("predicted") or column ("truth"); null where there is nothing.
function normaliseConfusion(counts, by) {
  const sum = values => values.reduce((a, b) => a + b, 0);
  const rows = counts.map(row => sum(row)), columns = counts[0].map((_, c) => sum(counts.map(row => row[c])));
  return counts.map((row, r) => row.map((n, c) => {
    const total = by === "predicted" ? rows[r] : columns[c];
    return total ? n / total : null;
  }));
}
