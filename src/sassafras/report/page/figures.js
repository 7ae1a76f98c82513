// Pointing at marks: a box that says what they are, and shows their injections in the table.

const tip = document.getElementById("tip");
const tipShow = document.getElementById("tip-show");
let pinned = null; // the mark that was pressed
let held = null; // the mark that the box is about
let pointer = { x: -1, y: -1 }; // where it was last

const markOf = (node) => (node instanceof Element ? node.closest("[data-tip]") : null);

// What a mark stands for: its own filter and those of what it stands in.
function filterOf(mark) {
  const found = {};
  for (let node = mark; node; node = node.parentElement.closest("[data-filter]") ?? null) {
    if (node.dataset.filter) Object.assign(found, { ...JSON.parse(node.dataset.filter), ...found });
    if (!node.parentElement) break;
  }
  return found;
}

function showTip(mark) {
  held = mark;
  document.getElementById("tip-text").textContent = typeof inWords === "function" ? inWords(mark.dataset.tip) : mark.dataset.tip;
  tip.classList.toggle("pinned", pinned === mark);
  tip.hidden = false;
  const box = mark.getBoundingClientRect();
  tip.style.left = "0"; // else it is measured as narrow as the place where it was
  const width = tip.offsetWidth;
  const left = Math.min(Math.max(8, box.left + Math.min(box.width, 240) / 2), document.documentElement.clientWidth - width - 8);
  const below = box.bottom + 8 + tip.offsetHeight < innerHeight;
  tip.style.left = `${Math.max(8, left) + scrollX}px`;
  tip.style.top = `${(below ? box.bottom + 8 : Math.max(8, box.top - tip.offsetHeight - 8)) + scrollY}px`;
}

function hideTip() {
  tip.hidden = true;
  pinned = held = null;
}

function pin(mark) {
  pinned = mark;
  const chosen = mark.dataset.filter || mark.closest("table.code") ? filterOf(mark) : null;
  const n = chosen && countOf(chosen);
  tipShow.hidden = !n;
  if (n) tipShow.textContent = `Show ${n === 1 ? "this injection" : `these ${number.format(n)} injections`}`;
  showTip(mark);
  (n ? tipShow : document.getElementById("tip-close")).focus({ preventScroll: true });
}

// Of the marks of a figure one can be tabbed to; the arrow keys go on from it.
function neighbour(mark, key) {
  const figure = mark.closest("[data-roving]");
  const from = centre(mark);
  let best = null;
  let least = Infinity;
  for (const other of figure.querySelectorAll("[data-tip]")) {
    if (other === mark) continue;
    const to = centre(other);
    const [x, y] = [to.x - from.x, to.y - from.y];
    const ahead = { ArrowRight: x, ArrowLeft: -x, ArrowDown: y, ArrowUp: -y }[key];
    const aside = Math.abs(key === "ArrowRight" || key === "ArrowLeft" ? y : x);
    if (ahead > 0.5 && ahead + 3 * aside < least) [best, least] = [other, ahead + 3 * aside];
  }
  return best;
}

function centre(mark) {
  const box = (mark.querySelector(".hit") ?? mark).getBoundingClientRect();
  return { x: box.left + box.width / 2, y: box.top + box.height / 2 };
}

function tabTo(mark) {
  for (const other of mark.closest("[data-roving]").querySelectorAll('[data-tip][tabindex="0"]')) other.tabIndex = -1;
  mark.tabIndex = 0;
}

function related(source) {
  for (const line of document.querySelectorAll("tr.related")) line.classList.remove("related");
  if (!source?.dataset.source) return;
  const kernel = source.closest("details");
  for (const line of kernel.querySelectorAll(`tr[data-source="${CSS.escape(source.dataset.source)}"]`)) line.classList.add("related");
}

for (const figure of document.querySelectorAll("[data-roving]")) {
  const first = figure.querySelector("[data-tip]");
  if (first) first.tabIndex = 0;
}
document.addEventListener("pointerover", (event) => {
  related(event.target instanceof Element ? event.target.closest("tr[data-source]") : null);
  const mark = markOf(event.target);
  const still = event.clientX === pointer.x && event.clientY === pointer.y;
  pointer = { x: event.clientX, y: event.clientY };
  // What scrolls or appears below a resting pointer takes nothing away from the keyboard.
  if (pinned || (still && markOf(document.activeElement))) return;
  if (mark) showTip(mark);
  else if (held && !tip.contains(event.target)) hideTip();
});
document.addEventListener("focusin", (event) => {
  const mark = markOf(event.target);
  if (mark) {
    if (pinned && pinned !== mark) pinned = null;
    tabTo(mark);
    showTip(mark);
    related(mark.closest("tr[data-source]"));
  } else if (held && !tip.contains(event.target)) hideTip();
});
document.addEventListener("click", (event) => {
  const mark = markOf(event.target);
  if (mark) pin(mark);
  else if (held && !tip.contains(event.target)) hideTip();
});
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && held) {
    const mark = held;
    hideTip();
    mark.focus({ preventScroll: true });
    hideTip();
    return;
  }
  const mark = markOf(event.target);
  if (!mark) return;
  if (event.key.startsWith("Arrow")) {
    event.preventDefault();
    neighbour(mark, event.key)?.focus();
  } else if ((event.key === "Enter" || event.key === " ") && mark.tagName !== "BUTTON") {
    event.preventDefault();
    pin(mark);
  }
});
tipShow.addEventListener("click", () => {
  const chosen = filterOf(pinned ?? held);
  hideTip();
  showOnly(chosen);
});
document.getElementById("tip-close").addEventListener("click", () => {
  const mark = pinned ?? held;
  hideTip();
  mark?.focus({ preventScroll: true });
  hideTip();
});
