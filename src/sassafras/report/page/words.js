// One injection explained: the stored row in words, what it corrupted, the probabilities, the command.

const LABELS = Object.fromEntries(about.outcomes);
const TARGETS = {
  REGISTER: (n) => `R${n}`,
  PREDICATE: (n) => `P${n}`,
  CONDITION_CODE: () => "CC",
  STORE_VALUE: (n) => `stored word ${n}`,
  REGISTER_INDEX: (n) => `index of R${n}`,
  STORE_ADDRESS: () => "store address",
};
const TRAPS = {
  HANG: "The thread issued more instructions than any golden one by far: a hang.",
  ILLEGAL_INSTRUCTION: "The device met an illegal instruction or a register that does not exist.",
  ILLEGAL_ADDRESS: "The device met an address that is not mapped.",
  MISALIGNED_ADDRESS: "The device met an address that is not aligned.",
  UNCORRECTABLE_ECC: "ECC saw wrong bits that it cannot correct.",
};
const MEMORY_REASONS = {
  "never-read": "Masked: nothing reads the struck bits any more.",
  overwritten: "Masked: the struck bits were overwritten before anything read them.",
  "no-effect": "Masked: the struck bits were that already.",
  "corrected-by-ecc": "Masked: ECC corrected the struck bits.",
};
const REASONS = {
  "never-read": "nothing read the register again (seen from the golden run: this fault was not run)",
  overwritten: "the register was overwritten before anything read it (seen from the golden run: this fault was not run)",
  "no-effect": "it was read, and changed nothing in memory",
};

const number = new Intl.NumberFormat("en");
const percent = (value) => (value === null ? "NaN" : Number.isFinite(value) ? `${(value * 100).toPrecision(4)} %` : String(value));
// Outputs of a program of one's own are values, not probabilities of classes.
const isProgram = Boolean(about.words);
const plain = (value) => (value === null ? "NaN" : Number.isFinite(value) ? String(Number(value.toPrecision(6))) : String(value));
const outputOf = (value) => (isProgram ? plain : percent)(value);
const className = (at) => about.classes[at] ?? `class ${at}`;
// The name of an answer: a class, or a set of classes as `sassafras.workload.together` numbers and names them.
const answerName = (at) => {
  if (!about.sets) return className(at);
  return about.classes.filter((_, place) => (at >>> place) & 1).join(" + ") || "none";
};
const outcomeOf = (row) => row.severity ?? row.outcome;
const struck = (row) =>
  row.buffer ? `word ${row.target_index} of ${row.buffer}` : (TARGETS[row.target] ?? ((n) => `${row.target} ${n}`))(row.target_index);
const kindOf = (layer) => about.layers.find(([index]) => index === layer)?.[1] ?? "";

// A text in the words for what was struck: "part" for "layer", where it is no network.
const WORDS = about.words ?? {};
const ANY_WORD = new RegExp(`(?<![\\w.-])(${Object.keys(WORDS).sort((a, b) => b.length - a.length).join("|")})(?![\\w-])`, "gi");
function inWords(text) {
  if (!about.words) return text;
  return text.replace(ANY_WORD, (found) => {
    const word = WORDS[found.toLowerCase()];
    return found[0] === found[0].toLowerCase() ? word : word[0].toUpperCase() + word.slice(1);
  });
}

function element(name, options = {}, ...children) {
  const made = document.createElement(name);
  const { style, ...attributes } = options;
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  for (const [key, value] of Object.entries(style ?? {})) made.style.setProperty(key, value);
  made.append(...children.map((child) => (typeof child === "string" ? inWords(child) : child)));
  return made;
}

const SAME = () => "the same, bit for bit";
const AFTER = {
  MASKED: SAME,
  NO_MALFUNCTION: SAME,
  CORRECTED: SAME,
  DUE: ({ due_kind: kind }) => `no answer${kind ? ` (${kind.toLowerCase().replaceAll("_", " ")})` : ""}`,
  DETECTED: () => "an alarm: the host discards the answer",
  INVALID_OUTPUT: (row) => (row.output_nan ? "NaN" : "infinity"),
};

const sure = (at, share) => `${answerName(at)}${share === undefined ? "" : `, ${percent(share)}`}`;

// How certain the output is of the faulty answer; undefined where the row does not hold what says so.
function certainty(row) {
  if (isProgram) return undefined;
  if (!about.sets) return row.probabilities?.find(([at]) => at === row.top1)?.[1];
  if (row.probabilities?.length !== about.classes.length) return undefined;
  const within = (value) => Math.min(1, Math.max(0, value));
  return row.probabilities.reduce(
    (all, [at, value]) => all * ((row.top1 >>> at) & 1 ? within(value) : 1 - within(value)), 1);
}

// What the network says without the fault and with it; null where the row does not say.
function answerIn(row) {
  if (row.top1_golden === null) return null;
  const now = () => sure(row.top1, certainty(row));
  return element("p", { class: "answer" }, "Without the fault ",
    element("b", {}, sure(row.top1_golden, isProgram ? undefined : row.confidence_golden)), " → with it ",
    element("b", {}, (AFTER[outcomeOf(row)] ?? now)(row)));
}

const STILL = about.sets ? "Present are still" : isProgram ? "The answer is still" : "The most probable class is still";

function where(row) {
  const frame = about.frames[row.frame];
  const frameName = frame ? ` (${frame[0]})` : "";
  const threads = row.scope === "warp" ? `the warp of thread ${row.thread}` : `thread ${row.thread}`;
  const when = row.mode === "RF" ? "before" : "at";
  const sentences = [
    `Frame ${row.frame}${frameName}, launch ${row.launch}: ${row.kernel}, layer ${row.layer} (${kindOf(row.layer)}).`,
    row.mode === "MEM" ? `The fault (MEM, ${row.model}) struck device memory before this launch.` :
    `The fault (${row.mode}, ${row.model}) struck ${threads} of block ${row.block} ${when} its dynamic instruction ` +
      `${number.format(row.instruction)}, which is ${row.sass} at offset 0x${row.offset.toString(16)}.`,
  ];
  if (row.before === null) {
    sentences.push(`Struck: ${struck(row)}. Its bits were not needed: no run could have differed.`);
  } else {
    const flipped = row.bit === null ? "" : ` (bit ${row.bit} flipped)`;
    sentences.push(`Struck: ${struck(row)}, which was ${row.before} and became ${row.after}${flipped}.`);
  }
  return sentences.join(" ");
}

function ending(row) {
  switch (outcomeOf(row)) {
    case "MASKED":
      if (row.mode === "MEM") return MEMORY_REASONS[row.masked_reason];
      return `Masked: memory was bitwise golden after the launch${
        row.masked_reason ? "; " + (REASONS[row.masked_reason] ?? row.masked_reason) : ""
      }.`;
    case "DUE":
      return `DUE, ${row.due_kind}. ${TRAPS[row.due_kind] ?? "The device trapped."}`;
    case "NO_MALFUNCTION":
      return `No-Malfunction: ${differing(row)} The difference died behind layer ${row.died_layer} ` +
        `(${kindOf(row.died_layer)}); the probabilities are bitwise golden.`;
    case "LIGHT_MALFUNCTION":
      return `Light-Malfunction: ${differing(row)} ${STILL} ${answerName(row.top1_golden)}` +
        `${row.top5_changed ? "; the order of the five most probable changed" : ""}${changed(row)}.`;
    case "MALFUNCTION":
      return `Malfunction: ${differing(row)} ${
        isProgram ? `It was ${answerName(row.top1_golden)}` : `${answerName(row.top1_golden)} has ${percent(row.confidence)} left`
      }${changed(row)}.`;
    case "INVALID_OUTPUT":
      return `Invalid output: ${differing(row)} It holds ${row.output_nan ? "NaN" : "infinity"}; ` +
        `one comparison at the end can tell.`;
    default:
      return `${LABELS[outcomeOf(row)] ?? outcomeOf(row)}.`;
  }
}

function changed(row) {
  return row.largest_change === null ? "" : `; the largest change of a value is ${row.largest_change.toPrecision(3)}`;
}

function differing(row) {
  if (row.differing_bytes === null) return "";
  const bytes = row.differing_bytes;
  return `${number.format(bytes)} byte${bytes === 1 ? "" : "s"} of device memory differed after the launch.`;
}

function bar(share, style) {
  const length = `${Math.min(100, Math.max(0, share * 100))}%`;
  return element("span", { class: "meter", "aria-hidden": "true" },
    element("i", { class: style, style: { width: length } }));
}

function innerTable(caption, heads, rows) {
  const made = rows.map(([name, ...cells]) =>
    element("tr", {}, element("th", { scope: "row" }, name), ...cells.map((cell) => element("td", {}, ...cell))));
  return element("table", { class: "inner" },
    element("caption", {}, caption),
    element("thead", {}, element("tr", {}, ...heads.map(heading))), element("tbody", {}, ...made));
}

function corruptedTable(corrupted) {
  const rows = Object.entries(corrupted).map(([layer, values]) => {
    const size = about.layers.find(([index]) => String(index) === layer)?.[2] ?? 0;
    const meter = bar(size ? values / size : 0, "c-light-malfunction");
    return [`${layer} ${kindOf(Number(layer))}`, [`${number.format(values)} of ${number.format(size)}`], [meter]];
  });
  return innerTable("Values of each layer's output that differed", ["layer", "values", "share"], rows);
}

function probabilityTable(faulty, golden) {
  const rows = faulty.map(([at, value]) => {
    const was = golden?.[at];
    const bars = isProgram ? [[], []] : [[bar(was ?? 0, "c-masked")], [bar(value ?? 0, "c-malfunction")]];
    const name = isProgram ? `value ${at}` : className(at);
    return [name, [was === undefined ? "not known" : outputOf(was), ...bars[0]], [outputOf(value), ...bars[1]]];
  });
  const caption = faulty.length < about.classes.length ? "Most probable classes" : "Probabilities";
  return innerTable(isProgram ? "Values of the output (of many: the largest)" : caption,
    [isProgram ? "which" : "class", "golden", "with the fault"], rows);
}

const heading = (text) => element("th", { scope: "col" }, text);

function command(row) {
  const folder = /^[\w./+=@-]+$/.test(about.folder) ? about.folder : `'${about.folder.replaceAll("'", "'\\''")}'`;
  const text = `sassafras explain ${folder} ${nameOf(row)}`;
  const button = element("button", { type: "button" }, "Copy");
  button.addEventListener("click", async () => {
    await navigator.clipboard?.writeText(text).catch(() => {});
    button.textContent = "Copied";
  });
  return element("p", {}, "The full replay: ", element("code", {}, text), " ", button);
}

const raced = (row) => (row.race === null ? "" : ` The fault makes a race: ${row.race}.`);

function explanation(row) {
  const made = element("div", { class: "explanation" });
  made.append(...[answerIn(row)].filter(Boolean), element("p", {}, ending(row) + raced(row)));
  const tables = element("div", { class: "inner-tables" });
  if (row.probabilities) tables.append(probabilityTable(row.probabilities, row.golden));
  if (row.corrupted && Object.keys(row.corrupted).length) tables.append(corruptedTable(row.corrupted));
  made.append(tables, element("p", {}, where(row)), command(row));
  return made;
}
