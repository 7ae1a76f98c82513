// The table of all injections: filters, order, pages, and rows that open.

const PAGE = 25;
const form = document.getElementById("filters");
const body = document.querySelector("#table tbody");
const chips = document.getElementById("chips");

// How a filter judges an entry of a dictionary: [dictionary, function of an entry and the wanted value].
const same = (at) => (entry, wanted) => String(entry[at]) === String(wanted);
const FILTERS = {
  mode: ["kind", same(0)],
  kernel: ["site", same(1)],
  layer: ["site", same(3)],
  outcome: ["end", (entry, wanted) => (entry[1] ?? entry[0]) === wanted],
  target: ["target", same(0)],
  offset: ["code", same(1)],
  source: ["code", same(5)],
  op: ["code", (entry, wanted) => entry[2].split(".")[0] === wanted],
  group: ["code", (entry, wanted) => entry[4].includes(wanted)],
  died: ["sdc", same(2)],
};
const CHOSEN = "#injections:"; // before the filters in the address
const SELECTS = ["mode", "kernel", "layer", "outcome"];
const CHIP_WORDS = {
  target: "struck", offset: "offset", source: "CUDA line", op: "opcode", group: "group", died: "died in layer", bit: "bit",
};
// What the text filter looks into.
const TEXTS = {
  kind: ([mode, model, scope]) => [mode, model, scope],
  site: ([launch, kernel, , layer]) => [kernel, `launch ${launch}`, `layer ${layer} ${kindOf(layer)}`],
  code: ([kernel, , , sass, groups]) => [kernel, sass, ...groups],
  target: ([target, index, buffer]) => [target, struck({ target, target_index: index, buffer })],
  end: ([outcome, severity, due, reason]) => [LABELS[severity ?? outcome], outcome, due, reason],
  golden: ([frame]) => [`frame ${frame}`, about.frames[frame]?.[0]],
};

const state = { rows: null, chosen: {}, text: "", sort: "id", down: false, page: 0, shown: [], open: new Set() };

function tests() {
  const { rows } = state;
  const found = [];
  for (const [name, wanted] of Object.entries(state.chosen)) {
    if (name === "bit") {
      found.push((k) => rows.bit(k) === Number(wanted));
      continue;
    }
    const [dictionary, judge] = FILTERS[name];
    found.push(member(dictionary, (entry) => judge(entry, wanted)));
  }
  for (const word of state.text.toLowerCase().split(/\s+/).filter(Boolean)) found.push(textTest(word));
  return found;
}

function member(dictionary, judge) {
  const column = state.rows.columns[dictionary];
  const passes = Uint8Array.from(state.rows.dictionaries[dictionary], (entry) => (judge(entry) ? 1 : 0));
  return (k) => passes[column[k]] === 1;
}

function textTest(word) {
  const { rows } = state;
  if (/^#\d+$/.test(word)) return (k) => rows.id[k] === Number(word.slice(1));
  if (/^[a-z]+:\d+$/.test(word)) return (k) => nameOf(rows.record(k)).toLowerCase() === word;
  if (/^0x[0-9a-f]+$/.test(word)) {
    const wanted = BigInt(word);
    const { before_digits: known } = rows.columns;
    const holds = (k) => known[k] > 0 && (rows.number("before", k) === wanted || rows.number("after", k) === wanted);
    const named = member("code", ([, , , sass]) => sass.toLowerCase().includes(word));
    return (k) => named(k) || holds(k);
  }
  const judges = Object.entries(TEXTS).map(([dictionary, texts]) =>
    member(dictionary, (entry) => texts(entry).some((text) => text && String(text).toLowerCase().includes(word))));
  return (k) => judges.some((judge) => judge(k));
}

function select() {
  const { rows } = state;
  const wanted = tests();
  const found = [];
  for (let k = 0; k < rows.length; k++) if (wanted.every((test) => test(k))) found.push(k);
  state.shown = sorted(found);
}

function sorted(found) {
  const { rows, sort, down } = state;
  const place = sort === "outcome" ? ["end", 0] : PLACES[sort];
  if (place) {
    const [dictionary, at] = place;
    const names = rows.dictionaries[dictionary].map((entry) => (sort === "outcome" ? entry[1] ?? entry[0] : entry[at]));
    const ordered = [...new Set(names)].sort((a, b) => (typeof a === "number" ? a - b : String(a).localeCompare(String(b))));
    const ranks = Uint32Array.from(names, (name) => ordered.indexOf(name));
    const column = rows.columns[dictionary];
    found.sort((a, b) => ranks[column[a]] - ranks[column[b]] || a - b);
  }
  return down ? found.reverse() : found;
}

function draw() {
  const pages = Math.max(1, Math.ceil(state.shown.length / PAGE));
  state.page = Math.min(Math.max(0, state.page), pages - 1);
  const start = state.page * PAGE;
  body.replaceChildren(...state.shown.slice(start, start + PAGE).flatMap(lines));
  document.getElementById("count").textContent =
    `${number.format(state.shown.length)} of ${number.format(state.rows.length)} injections`;
  document.getElementById("page-number").textContent = `page ${number.format(state.page + 1)} of ${number.format(pages)}`;
  for (const name of ["first", "previous"]) document.getElementById(`${name}-page`).disabled = state.page === 0;
  for (const name of ["next", "last"]) document.getElementById(`${name}-page`).disabled = state.page === pages - 1;
  drawChips();
}

function lines(k) {
  const row = state.rows.record(k);
  const open = state.open.has(k);
  const button = element("button", { type: "button", class: "row-button", "aria-expanded": String(open) }, nameOf(row));
  button.addEventListener("click", () => {
    if (!state.open.delete(k)) state.open.add(k);
    draw();
    body.querySelector(`[data-row="${k}"] .row-button`).focus();
  });
  const outcome = outcomeOf(row);
  const label = element("td", {}, element("i", { class: `swatch ${styleOf(outcome)}` }), LABELS[outcome] ?? outcome);
  const more = row.due_kind ?? row.masked_reason;
  if (more) label.append(element("small", {}, ` ${more.toLowerCase().replaceAll("_", " ")}`));
  const line = element("tr", { "data-row": k },
    element("th", { scope: "row" }, button),
    element("td", {}, row.mode),
    element("td", {}, row.kernel),
    element("td", {}, String(row.layer)),
    element("td", { class: "sass" }, row.sass),
    element("td", {}, struck(row)),
    label);
  if (!open) return [line];
  const cell = element("td", { colspan: "7" }, explanation(row, state.rows.bit(k), state.rows.golden(k)));
  return [line, element("tr", { class: "open" }, cell)];
}

const styleOf = (outcome) => `c-${outcome.toLowerCase().replaceAll("_", "-")}`;

function drawChips() {
  const extra = Object.entries(state.chosen).filter(([name]) => !SELECTS.includes(name));
  chips.replaceChildren(...extra.map(([name, wanted]) => {
    const shown = name === "offset" ? `0x${Number(wanted).toString(16)}` : String(wanted).toLowerCase().replaceAll("_", " ");
    const button = element("button", { type: "button" }, `${CHIP_WORDS[name]} ${name === "op" || name === "group" ? wanted : shown} ×`);
    button.setAttribute("aria-label", `Remove the filter ${CHIP_WORDS[name]} ${shown}`);
    button.addEventListener("click", () => {
      delete state.chosen[name];
      refresh();
      form.elements.text.focus();
    });
    return button;
  }));
}

function refresh() {
  state.page = 0;
  select();
  draw();
  keepInAddress();
}

// What is chosen stands in the address: to be kept, and sent to somebody else.
function keepInAddress() {
  const kept = new URLSearchParams(state.chosen);
  if (state.text) kept.set("text", state.text);
  if (kept.size) history.replaceState(null, "", `${CHOSEN}${kept}`);
  else if (location.hash.startsWith(CHOSEN)) history.replaceState(null, "", "#injections");
}

function chooseFromAddress() {
  const kept = Object.fromEntries(new URLSearchParams(location.hash.slice(CHOSEN.length)));
  const { text = "", ...chosen } = kept;
  const known = Object.entries(chosen).filter(([name]) => name === "bit" || name in FILTERS);
  showOnly(Object.fromEntries(known), text);
}

// Show exactly the injections of a mark of a figure. Not by form.reset(): its listener would write an address
// without a choice first, and a reload in between would find that one.
function showOnly(chosen, text = "") {
  state.chosen = { ...chosen };
  form.elements.text.value = state.text = text;
  for (const name of SELECTS) form.elements[name].value = chosen[name] ?? "";
  refresh();
  const title = document.getElementById("injections-h");
  title.scrollIntoView();
  title.focus({ preventScroll: true });
}

// How many injections a mark stands for, before it is asked for.
function countOf(chosen) {
  if (!state.rows) return null;
  const before = [state.chosen, state.text];
  [state.chosen, state.text] = [chosen, ""];
  const wanted = tests();
  [state.chosen, state.text] = before;
  let n = 0;
  for (let k = 0; k < state.rows.length; k++) if (wanted.every((test) => test(k))) n++;
  return n;
}

function options(name, values) {
  for (const [value, label] of values) form.elements[name].append(element("option", { value }, label));
}

// A line of code may be folded away.
function openLine() {
  const line = document.querySelector("#code tr:target");
  if (!line) return;
  line.closest("details").open = true;
  line.scrollIntoView({ block: "center" });
}

function openFromAddress() {
  openLine();
  if (state.rows && location.hash.startsWith(CHOSEN)) {
    chooseFromAddress();
    return;
  }
  const found = /^#injection-(\d+)$/.exec(location.hash);
  if (!found || !state.rows) return;
  const k = state.rows.id.indexOf(Number(found[1]));
  if (k < 0) return;
  state.open.add(k);
  showOnly({}, nameOf(state.rows.record(k)));
}

function listen() {
  form.addEventListener("input", () => {
    for (const name of SELECTS) {
      if (form.elements[name].value) state.chosen[name] = form.elements[name].value;
      else delete state.chosen[name];
    }
    state.text = form.elements.text.value;
    refresh();
  });
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("reset", () => {
    state.chosen = {};
    state.text = "";
    refresh();
  });
  for (const button of document.querySelectorAll("[data-sort]")) {
    button.addEventListener("click", () => {
      state.down = state.sort === button.dataset.sort && !state.down;
      state.sort = button.dataset.sort;
      for (const other of document.querySelectorAll("[data-sort]")) other.closest("th").removeAttribute("aria-sort");
      button.closest("th").setAttribute("aria-sort", state.down ? "descending" : "ascending");
      refresh();
    });
  }
  const turn = { first: () => 0, previous: () => state.page - 1, next: () => state.page + 1, last: () => Infinity };
  for (const [name, page] of Object.entries(turn)) {
    document.getElementById(`${name}-page`).addEventListener("click", () => {
      state.page = page();
      draw();
    });
  }
  addEventListener("hashchange", openFromAddress);
}

async function fill() {
  if (typeof DecompressionStream === "undefined") {
    document.getElementById("count").textContent =
      "This browser is too old to read the table; injections.csv beside this page has all rows.";
    return;
  }
  state.rows = new Rows(await unpack(document.getElementById("rows").textContent));
  if (spec.kept < spec.total) {
    const note = document.getElementById("rows-note");
    note.hidden = false;
    note.textContent = `This table holds the first ${number.format(spec.kept)} of ${number.format(spec.total)} injections, ` +
      "by number: more would not fit into the page. The figures count all of them; injections.csv lists all of them.";
  }
  options("mode", about.modes.map((mode) => [mode, mode]));
  options("kernel", about.kernels.map((kernel) => [kernel, kernel]));
  options("layer", about.layers.map(([index, kind]) => [index, `${index} ${kind}`]));
  options("outcome", about.outcomes);
  listen();
  select();
  draw();
  openFromAddress();
  startTolerance();
  globalThis.sassafras = { rows: state.rows }; // for whoever wants to look further in the console
}
