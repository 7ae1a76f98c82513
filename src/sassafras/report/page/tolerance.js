// The slider: what another tolerance makes critical. Python has counted and said it (critical.py).

const slider = about.slider;

// The ranking in its new order.
function drawRanking(ranking) {
  const body = document.querySelector("#ranking tbody");
  const rows = Object.fromEntries([...body.rows].map((row) => [row.cells[0].textContent, row]));
  for (const texts of ranking) {
    const row = rows[texts[0]];
    texts.forEach((text, at) => { row.cells[at].textContent = text; });
    body.append(row);
  }
}

function drawBar(mark, [value, low, end, said]) {
  const { left, scale } = mark.closest("[data-scale]").dataset;
  const place = (share) => Number(left) + share * Number(scale);
  mark.querySelector(".bar").setAttribute("width", value * Number(scale));
  for (const line of mark.querySelectorAll("line")) {
    line.setAttribute("x1", place(low));
    line.setAttribute("x2", place(end));
  }
  const label = mark.querySelector(".value");
  label.setAttribute("x", place(end) + 4);
  label.textContent = said;
  mark.dataset.tip = mark.dataset.tip.replace(/critical: .*/, `critical: ${said}`);
  mark.setAttribute("aria-label", mark.dataset.tip.replaceAll("\n", "; "));
}

function useTolerance(stop) {
  const shown = slider.shown[stop];
  for (const [mode, said] of Object.entries(shown.tiles)) {
    document.querySelector(`[data-number="critical-${mode}"]`).textContent = said;
  }
  drawRanking(shown.ranking);
  for (const mark of document.querySelectorAll("[data-critical]")) drawBar(mark, shown.bars[mark.dataset.critical]);
  document.getElementById("tolerance-value").textContent = slider.words[stop];
  document.getElementById("tolerance-range").setAttribute("aria-valuetext", slider.words[stop]);
  document.querySelector('[data-number="meaning"]').textContent = shown.meaning;
  const mark = document.getElementById("tolerance-mark");
  const { left, scale } = mark?.closest("[data-scale]").dataset ?? {};
  for (const name of ["x1", "x2"]) mark?.setAttribute(name, Number(left) + shown.place * Number(scale));
}

function startTolerance() {
  if (slider.missing) {
    const line = document.getElementById("tolerance-missing");
    line.textContent = `No slider here: ${slider.missing}. sassafras report ${about.folder} --tolerance T makes a page for another tolerance.`;
    line.hidden = false;
    return;
  }
  const range = document.getElementById("tolerance-range");
  range.value = slider.start;
  range.addEventListener("input", () => useTolerance(Number(range.value)));
  document.getElementById("tolerance").addEventListener("submit", (event) => event.preventDefault());
  document.getElementById("tolerance").hidden = false;
}
