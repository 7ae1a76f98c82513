// Tables whose rows can be sorted by a column: press its head, again for the other way round.

function keyOf(row, column) {
  const cell = row.cells[column];
  return cell.dataset.key === undefined ? null : Number(cell.dataset.key);
}

function compared(one, other, column, sign) {
  const [a, b] = [keyOf(one, column), keyOf(other, column)];
  if (a !== null && b !== null) return sign * (a - b);
  if (a !== null || b !== null) return a === null ? 1 : -1; // without a number: below, either way
  return sign * one.cells[column].textContent.localeCompare(other.cells[column].textContent);
}

for (const table of document.querySelectorAll("table.sortable")) {
  const heads = [...table.tHead.rows[0].cells];
  heads.forEach((head, column) => {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...head.childNodes);
    head.append(button);
    button.addEventListener("click", () => {
      const down = head.ariaSort !== "descending";
      for (const other of heads) other.removeAttribute("aria-sort");
      head.ariaSort = down ? "descending" : "ascending";
      const rows = [...table.tBodies[0].rows];
      table.tBodies[0].append(...rows.sort((a, b) => compared(a, b, column, down ? -1 : 1)));
    });
  });
}
