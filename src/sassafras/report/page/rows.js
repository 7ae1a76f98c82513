// The packed injections, read back: an object per row, by the names of the store's columns (rows.py).

const about = JSON.parse(document.getElementById("about").textContent);

async function unpack(text) {
  const packed = Uint8Array.fromBase64
    ? Uint8Array.fromBase64(text)
    : Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("deflate"));
  return rowsOf(await new Response(stream).json());
}

// A number of 32 bits: null is NaN, and infinities are texts.
const real = (value) => (value === null ? null : Math.fround(value));
const reals = (pairs) => pairs.map(([at, value]) => [Number(at), real(value)]);

function rowsOf({ columns, together, golden }) {
  const likely = Object.fromEntries(Object.entries(golden).map(([frame, values]) => [frame, reals(Object.entries(values))]));
  const known = Object.fromEntries(Object.entries(likely).map(([frame, pairs]) => [frame, Object.fromEntries(pairs)]));
  let id = 0;
  return columns.id.map((step, k) => {
    const row = {};
    for (const [name, values] of Object.entries(columns)) row[name] = values[k];
    for (const { names, entries, codes } of together) names.forEach((name, at) => { row[name] = entries[codes[k]][at]; });
    row.id = id += step;
    row.golden = known[row.frame] ?? null;
    row.confidence = real(row.confidence);
    if (row.probabilities) row.probabilities = row.probabilities === true ? likely[row.frame] : reals(row.probabilities);
    return row;
  });
}

// A fault as every part of the program calls it: "IOV:417".
const nameOf = ({ id, mode }) => `${mode}:${Math.floor((id % about.ids.block) / about.ids.turns)}`;
