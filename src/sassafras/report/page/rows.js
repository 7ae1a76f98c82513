// The packed injections, read back. Written by rows.py: see there for the columns.

const about = JSON.parse(document.getElementById("about").textContent);
const spec = JSON.parse(document.getElementById("spec").textContent);

const ARRAYS = { 1: Uint8Array, 2: Uint16Array, 4: Uint32Array };

async function unpack(text) {
  const packed = Uint8Array.fromBase64
    ? Uint8Array.fromBase64(text)
    : Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("deflate"));
  const bytes = new Uint8Array(await new Response(stream).arrayBuffer());
  const columns = {};
  let start = 0;
  for (const [name, width, count] of spec.columns) {
    const values = new ARRAYS[width](count);
    for (let plane = 0; plane < width; plane++) {
      const from = start + plane * count;
      for (let k = 0; k < count; k++) values[k] += bytes[from + k] * 256 ** plane;
    }
    columns[name] = values;
    start += width * count;
  }
  return columns;
}

// Where each row's part of a column of pairs begins.
function starts(counts) {
  const found = new Uint32Array(counts.length + 1);
  for (let k = 0; k < counts.length; k++) found[k + 1] = found[k] + counts[k];
  return found;
}

class Rows {
  constructor(columns) {
    this.columns = columns;
    this.dictionaries = spec.dictionaries;
    this.length = columns.kind.length;
    this.id = new Float64Array(this.length);
    let id = 0;
    for (let k = 0; k < this.length; k++) this.id[k] = id += columns.id[k];
    const pairs = Uint32Array.from(columns.corrupted_count, (n) => (n ? n - 1 : 0));
    this.corrupted = starts(pairs);
    const kinds = columns.probability_kind;
    this.own = starts(Uint8Array.from(kinds, (kind) => (kind === 2 ? 1 : 0)));
    this.probabilities = starts(columns.probability_count);
    this.confidence = asFloats(columns.confidence);
    this.change = asDoubles(columns.change_low, columns.change_high);
    this.values = asFloats(columns.probability_value);
  }

  // A value of a column of the store, or null.
  get(name, k) {
    const place = PLACES[name];
    return this.dictionaries[place[0]][this.columns[place[0]][k]][place[1]];
  }

  word(prefix, digits, k) {
    const count = this.columns[digits][k];
    if (!count) return null;
    return "0x" + this.number(prefix, k).toString(16).padStart(count, "0");
  }

  number(prefix, k) {
    const { columns } = this;
    const half = (name) => (BigInt(columns[`${name}_high`][k]) << 32n) | BigInt(columns[`${name}_low`][k]);
    return prefix === "before" ? half("before") : half("before") ^ half("flip");
  }

  // The flipped bit of a single-bit fault, or null.
  bit(k) {
    const { flip_low: low, flip_high: high, before_digits: digits } = this.columns;
    if (this.get("model", k) !== "single-bit" || !digits[k]) return null;
    if (!low[k] && !high[k]) return null;
    return high[k] ? 63 - Math.clz32(high[k]) : 31 - Math.clz32(low[k]);
  }

  layersCorrupted(k) {
    if (!this.columns.corrupted_count[k]) return null;
    const found = {};
    for (let p = this.corrupted[k]; p < this.corrupted[k + 1]; p++) {
      found[this.columns.corrupted_layer[p]] = this.columns.corrupted_values[p];
    }
    return found;
  }

  // The faulty probabilities by class, as [class, value], or null. NaN is null.
  faulty(k) {
    const kind = this.columns.probability_kind[k];
    if (!kind) return null;
    if (kind === 1) return this.golden(k)?.map((value, at) => [at, value]) ?? null;
    const nth = this.own[k];
    const found = [];
    for (let p = this.probabilities[nth]; p < this.probabilities[nth + 1]; p++) {
      const value = this.values[p];
      found.push([this.columns.probability_class[p], Number.isNaN(value) ? null : value]);
    }
    return found;
  }

  golden(k) {
    return spec.probabilities[this.get("frame", k)] ?? null;
  }

  optional(name, k) {
    const value = this.columns[name][k];
    return value ? value - 1 : null;
  }

  // Everything that the store has of a row, by the names of its columns.
  record(k) {
    const found = { id: this.id[k] };
    for (const name of Object.keys(PLACES)) if (!DERIVED.has(name)) found[name] = this.get(name, k);
    for (const name of ["block", "thread", "instruction"]) found[name] = found.mode === "MEM" ? -1 : this.columns[name][k];
    for (const name of ["top1", "differing_bytes"]) found[name] = this.optional(name, k);
    found.before = this.word("before", "before_digits", k);
    found.after = this.word("after", "after_digits", k);
    found.confidence = Number.isNaN(this.confidence[k]) ? null : this.confidence[k];
    found.largest_change = Number.isFinite(this.change[k]) ? this.change[k] : null;
    found.corrupted = this.layersCorrupted(k);
    found.probabilities = this.faulty(k);
    return found;
  }
}

function asFloats(bits) {
  return new Float32Array(Uint32Array.from(bits).buffer);
}

function asDoubles(low, high) {
  const view = new DataView(new ArrayBuffer(8));
  return Float64Array.from(low, (_, k) => {
    view.setUint32(0, high[k]);
    view.setUint32(4, low[k]);
    return view.getFloat64(0);
  });
}

// Column of the store -> dictionary and place in its entries.
const PLACES = {
  mode: ["kind", 0], model: ["kind", 1], scope: ["kind", 2],
  frame: ["golden", 0], top1_golden: ["golden", 1], confidence_golden: ["golden", 2],
  launch: ["site", 0], kernel: ["site", 1], invocation: ["site", 2], layer: ["site", 3],
  offset: ["code", 1], opcode: ["code", 2], sass: ["code", 3], groups: ["code", 4], source: ["code", 5],
  target: ["target", 0], target_index: ["target", 1], buffer: ["target", 2],
  outcome: ["end", 0], severity: ["end", 1], due_kind: ["end", 2], masked_reason: ["end", 3],
  top5_changed: ["sdc", 0], output_nan: ["sdc", 1], died_layer: ["sdc", 2], race: ["raced", 0],
};
const DERIVED = new Set(["groups", "source"]);

// A fault as every part of the program calls it: "IOV:417".
const nameOf = ({ id, mode }) => `${mode}:${Math.floor((id % about.ids.block) / about.ids.turns)}`;
