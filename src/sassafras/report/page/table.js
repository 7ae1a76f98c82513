// The table of all injections: filters, order, pages, and rows that open.

const PAGE = 25;
const form = document.getElementById("filters");
const body = document.querySelector("#table tbody");
const chips = document.getElementById("chips");

// Whether a filter lets a row through.
const same = (name) => (row, wanted) => String(row[name]) === String(wanted);
const FILTERS = {
  mode: same("mode"),
  kernel: same("kernel"),
  layer: same("layer"),
  outcome: (row, wanted) => outcomeOf(row) === wanted,
  target: same("target"),
  offset: same("offset"),
  source: same("source"),
  op: (row, wanted) => row.opcode.split(".")[0] === wanted,
  group: (row, wanted) => row.groups.includes(wanted),
  died: same("died_layer"),
  bit: same("bit"),
};
const CHOSEN = "#injections:"; // before the filters in the address
const SELECTS = ["mode", "kernel", "layer", "outcome"];
const CHIP_WORDS = {
  target: "struck", offset: "offset", source: "CUDA line", op: "opcode", group: "group", died: "died in layer", bit: "bit",
};
// What the text filter looks into.
const textOf = (row) => [
  row.mode, row.model, row.scope, row.kernel, `launch ${row.launch}`, `layer ${row.layer} ${kindOf(row.layer)}`,
  row.sass, ...row.groups, row.target, struck(row), LABELS[outcomeOf(row)], row.outcome, row.due_kind, row.masked_reason,
  `frame ${row.frame}`, about.frames[row.frame]?.[0],
].filter(Boolean).join("\n").toLowerCase();

const state = { rows: null, chosen: {}, text: "", sort: "id", down: false, page: 0, shown: [], open: new Set() };

// The rows that filters and a text let through.
function chosenRows(chosen, text) {
  const tests = Object.entries(chosen).map(([name, wanted]) => (row) => FILTERS[name](row, wanted));
  tests.push(...text.toLowerCase().split(/\s+/).filter(Boolean).map(textTest));
  return state.rows.filter((row) => tests.every((test) => test(row)));
}

function textTest(word) {
  if (/^#\d+$/.test(word)) return (row) => row.id === Number(word.slice(1));
  if (/^[a-z]+:\d+$/.test(word)) return (row) => nameOf(row).toLowerCase() === word;
  if (/^0x[0-9a-f]+$/.test(word)) {
    const holds = (value) => value !== null && BigInt(value) === BigInt(word);
    return (row) => holds(row.before) || holds(row.after) || row.sass.toLowerCase().includes(word);
  }
  return (row) => textOf(row).includes(word);
}

function sorted(rows) {
  const { sort, down } = state;
  const key = sort === "outcome" ? outcomeOf : (row) => row[sort];
  const keys = [...new Set(rows.map(key))].sort((a, b) => (typeof a === "number" ? a - b : String(a).localeCompare(String(b))));
  const ranks = new Map(keys.map((name, rank) => [name, rank]));
  rows.sort((a, b) => ranks.get(key(a)) - ranks.get(key(b)));
  return down ? rows.reverse() : rows;
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

function lines(row) {
  const open = state.open.has(row);
  const button = element("button", { type: "button", class: "row-button", "aria-expanded": String(open) }, nameOf(row));
  button.addEventListener("click", () => {
    if (!state.open.delete(row)) state.open.add(row);
    draw();
    body.querySelector(`[data-row="${row.id}"] .row-button`).focus();
  });
  const outcome = outcomeOf(row);
  const label = element("td", {}, element("i", { class: `swatch ${styleOf(outcome)}` }), LABELS[outcome] ?? outcome);
  const more = row.due_kind ?? row.masked_reason;
  if (more) label.append(element("small", {}, ` ${more.toLowerCase().replaceAll("_", " ")}`));
  const line = element("tr", { "data-row": String(row.id) },
    element("th", { scope: "row" }, button),
    element("td", {}, row.mode),
    element("td", {}, row.kernel),
    element("td", {}, String(row.layer)),
    element("td", { class: "sass" }, row.sass),
    element("td", {}, struck(row)),
    label);
  if (!open) return [line];
  const cell = element("td", { colspan: "7" }, explanation(row));
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
  state.shown = sorted(chosenRows(state.chosen, state.text));
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
  const known = Object.entries(chosen).filter(([name]) => name in FILTERS);
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
const countOf = (chosen) => state.rows && chosenRows(chosen, "").length;

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
  const row = state.rows?.find(({ id }) => location.hash === `#injection-${id}`);
  if (!row) return;
  state.open.add(row);
  showOnly({}, nameOf(row));
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
  state.rows = await unpack(document.getElementById("rows").textContent);
  if (state.rows.length < about.total) {
    const note = document.getElementById("rows-note");
    note.hidden = false;
    note.textContent = `This table holds the first ${number.format(state.rows.length)} of ${number.format(about.total)} injections, ` +
      "by number: more would not fit into the page. The figures count all of them; injections.csv lists all of them.";
  }
  options("mode", about.modes.map((mode) => [mode, mode]));
  options("kernel", about.kernels.map((kernel) => [kernel, kernel]));
  options("layer", about.layers.map(([index, kind]) => [index, `${index} ${kind}`]));
  options("outcome", about.outcomes);
  listen();
  state.shown = state.rows.slice();
  draw();
  openFromAddress();
  startTolerance();
  globalThis.sassafras = { rows: state.rows }; // for whoever wants to look further in the console
}
