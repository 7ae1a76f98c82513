// The slider: what is critical is counted again, in the words that Python would have written.

const slider = about.slider;

// Digits behind the point, rounded as Python rounds: to even where the value lies exactly between.
function fixed(value, places) {
  const exact = value.toFixed(80);
  const cut = exact.length - 80 + places;
  if (!/^50*$/.test(exact.slice(cut))) return value.toFixed(places);
  const down = exact.slice(0, cut).replace(/\.$/, "");
  return Number(down.at(-1)) % 2 ? value.toFixed(places) : down;
}

// numbers.py: decimals_of, _written, percent, bound_percent.
function decimalsOf({ value, low, high }) {
  const nearer = Math.min(...[value - low, high - value].filter((side) => side > 1e-12)) * 100;
  if (!Number.isFinite(nearer)) return 1;
  const power = Math.floor(Math.log10(nearer));
  return Math.max(0, (nearer / 10 ** power < 3.55 ? 1 : 0) - power);
}

function written(value, places) {
  if (value > 0 && value < 0.000005) return (value * 100).toExponential(0);
  const text = fixed(value * 100, places);
  if (value === 0 || Number(text) > 0) return text;
  return fixed(value * 100, value < 0.0005 ? Math.min(3, -Math.floor(Math.log10(value * 100))) : 1);
}

function boundPercent(share) {
  const value = share * 100;
  if (value >= 99) return "100";
  const places = Math.max(0, 1 - Math.floor(Math.log10(value)));
  return fixed(Math.ceil(value * 10 ** places - 1e-9) / 10 ** places, places);
}

// The end of a whisker: where none was seen the one-sided bound, which the label says too.
const noneSeen = (trials) => -Math.expm1(Math.log(0.05) / trials);
const end = (share) => (share.n ? share.high : noneSeen(share.trials));

function said(share) {
  if (!share.trials) return "–";
  if (!share.n) return `below ${boundPercent(noneSeen(share.trials))} %`;
  const places = decimalsOf(share);
  return `${written(share.value, places)} (${written(share.low, places)}–${written(share.high, places)}) %`;
}

function logGamma(x) {
  // Lanczos, g = 7.
  const c = [0.99999999999980993, 676.5203681218851, -1259.1392167224028, 771.32342877765313, -176.61502916214059,
    12.507343278686905, -0.13857109526572012, 9.9843695780195716e-6, 1.5056327351493116e-7];
  let sum = c[0];
  for (let k = 1; k < 9; k++) sum += c[k] / (x - 1 + k);
  const t = x + 6.5;
  return 0.5 * Math.log(2 * Math.PI) + (x - 0.5) * Math.log(t) - t + Math.log(sum);
}

// Regularised incomplete beta function, by its continued fraction (Lentz).
function betaCdf(x, a, b) {
  if (x <= 0) return 0;
  if (x >= 1) return 1;
  if (x > (a + 1) / (a + b + 2)) return 1 - betaCdf(1 - x, b, a);
  const front = Math.exp(logGamma(a + b) - logGamma(a) - logGamma(b) + a * Math.log(x) + b * Math.log1p(-x)) / a;
  let [c, d] = [1, 1 / (1 - ((a + b) * x) / (a + 1))];
  let result = d;
  for (let m = 1; m < 10000; m++) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
    d = 1 / (1 + even * d);
    c = 1 + even / c;
    result *= d * c;
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / (1 + odd * d);
    c = 1 + odd / c;
    result *= d * c;
    if (Math.abs(d * c - 1) < 1e-15) break;
  }
  return front * result;
}

function quantile(p, a, b) {
  let [low, high] = [0, 1];
  for (let k = 0; k < 60; k++) {
    const middle = (low + high) / 2;
    if (betaCdf(middle, a, b) < p) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

// Clopper and Pearson's interval, as intervals.py.
function shareOf(n, trials) {
  if (!trials) return { n, trials, value: 0, low: 0, high: 1 };
  return {
    n,
    trials,
    value: n / trials,
    low: n === 0 ? 0 : quantile(0.025, n, trials - n + 1),
    high: n === trials ? 1 : quantile(0.975, n + 1, trials - n),
  };
}

// Critical injections by mode and kernel at a stop of the slider, and all injections by mode.
function countCritical(stop) {
  const { rows } = state;
  const { end, kind, site } = rows.columns;
  const least = slider.stops[stop];
  const ends = rows.dictionaries.end.map(([, severity]) =>
    severity === "MALFUNCTION" || severity === "INVALID_OUTPUT" ? 2 : severity === "LIGHT_MALFUNCTION" ? 1 : 0);
  const modes = rows.dictionaries.kind.map(([mode]) => about.modes.indexOf(mode));
  const kernels = rows.dictionaries.site.map(([, kernel]) => about.kernels.indexOf(kernel));
  const counts = about.modes.map(() => new Array(about.kernels.length).fill(0));
  const trials = new Array(about.modes.length).fill(0);
  for (let k = 0; k < rows.length; k++) {
    const mode = modes[kind[k]];
    trials[mode]++;
    const how = ends[end[k]];
    if (how === 2 || (how === 1 && (least === 0 || rows.change[k] >= least))) counts[mode][kernels[site[k]]]++;
  }
  return { counts, trials };
}

const total = (values) => values.reduce((sum, value) => sum + value, 0);

function rankedKernels({ counts, trials }) {
  const all = total(trials);
  const found = about.kernels.map((kernel, at) => ({
    kernel,
    critical: shareOf(total(counts.map((of) => of[at])), all),
    modes: counts.map((of, mode) => shareOf(of[at], trials[mode])),
  }));
  for (const one of found) {
    one.best = 1 + found.filter((other) => other.critical.low > one.critical.high).length;
    one.worst = found.length - found.filter((other) => other.critical.high < one.critical.low).length;
  }
  return found.sort((a, b) => b.critical.n - a.critical.n);
}

// The ranking in its new order; what does not depend on the tolerance stays as it is.
function drawRanking(ranked) {
  const body = document.querySelector("#ranking tbody");
  const rows = Object.fromEntries([...body.rows].map((row) => [row.cells[0].textContent, row]));
  for (const one of ranked) {
    const { cells } = rows[one.kernel];
    body.append(rows[one.kernel]);
    if (cells[2].textContent === "not struck") continue;
    const isTied = ({ kernel, critical: { low, high } }) =>
      kernel !== one.kernel && low <= one.critical.high && high >= one.critical.low;
    const tied = ranked.filter(isTied).map((other) => other.kernel);
    const inOrder = about.kernels.filter((kernel) => tied.includes(kernel));
    const shown = [
      one.best === one.worst ? String(one.best) : `${one.best}–${one.worst}`,
      number.format(one.critical.n),
      ...[one.critical, ...one.modes].map(said),
    ];
    shown.forEach((text, at) => { cells[at + 1].textContent = text; });
    cells[cells.length - 1].textContent = inOrder.join(", ") || "none";
  }
}

function drawBars(ranked) {
  for (const one of ranked) {
    for (const [at, share] of one.modes.entries()) {
      const mark = document.querySelector(`[data-critical="${about.modes[at]} ${CSS.escape(one.kernel)}"]`);
      if (!mark) continue; // it was not struck
      const { left, scale } = mark.closest("[data-scale]").dataset;
      const place = (value) => Number(left) + value * Number(scale);
      mark.querySelector(".bar").setAttribute("width", share.value * Number(scale));
      for (const line of mark.querySelectorAll("line")) {
        line.setAttribute("x1", place(share.low));
        line.setAttribute("x2", place(end(share)));
      }
      const label = mark.querySelector(".value");
      label.setAttribute("x", place(end(share)) + 4);
      label.textContent = said(share);
      mark.dataset.tip = mark.dataset.tip.replace(/critical: .*/, `critical: ${said(share)}`);
      mark.setAttribute("aria-label", mark.dataset.tip.replaceAll("\n", "; "));
    }
  }
}

function useTolerance(stop) {
  const found = countCritical(stop);
  const ranked = rankedKernels(found);
  about.modes.forEach((mode, at) => {
    document.querySelector(`[data-number="critical-${mode}"]`).textContent =
      said(shareOf(total(found.counts[at]), found.trials[at]));
  });
  drawRanking(ranked);
  drawBars(ranked);
  document.getElementById("tolerance-value").textContent = slider.words[stop];
  document.getElementById("tolerance-range").setAttribute("aria-valuetext", slider.words[stop]);
  document.querySelector('[data-number="meaning"]').textContent = slider.meanings[stop];
  const mark = document.getElementById("tolerance-mark");
  const { left, scale } = mark?.closest("[data-scale]").dataset ?? {};
  for (const name of ["x1", "x2"]) mark?.setAttribute(name, Number(left) + slider.places[stop] * Number(scale));
}

// Once the rows are there. Nothing can be counted again from a part of them, or from a sample with weights.
function startTolerance() {
  const why = slider.missing || (spec.kept < spec.total ? "the page holds only a part of the injections" : "");
  if (why) {
    const line = document.getElementById("tolerance-missing");
    line.textContent = `No slider here: ${why}. sassafras report ${about.folder} --tolerance T makes a page for another tolerance.`;
    line.hidden = false;
    return;
  }
  const range = document.getElementById("tolerance-range");
  range.value = slider.start;
  range.addEventListener("input", () => useTolerance(Number(range.value)));
  document.getElementById("tolerance").addEventListener("submit", (event) => event.preventDefault());
  document.getElementById("tolerance").hidden = false;
}
