// The confusion matrix at a threshold, from the counts that docmarks.evaluate.confusion.thresholded makes.

// Rows are predicted labels, columns true ones; the last of each is what has no partner. The threshold is step / steps.
function countConfusion(data, step) {
  const at = counts => counts[step] ?? 0;
  const counts = data.cells.map(row => row.map(at));
  counts.push([...data.truths.map((n, t) => n - at(data.found[t])), 0]);
  return {counts, unknown: data.unknown.map(at)};
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
