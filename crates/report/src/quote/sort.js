"use strict";
// A click on the head of a column sorts by it: up, down, and back to the order of the file.
const key = (row, i) => {
  const cell = row.cells[i];
  const text = cell.dataset.key ?? cell.firstChild?.textContent.trim() ?? "";
  const plain = text.replace(/[,\u00a0]/g, "");
  return plain !== "" && isFinite(plain) ? Number(plain) : text;
};
const compare = (a, b) => {
  if (typeof a !== typeof b) return typeof a === "number" ? -1 : 1;
  return typeof a === "number" ? a - b : a.localeCompare(b);
};
const sort = (table, heads, i) => {
  const body = table.tBodies[0];
  const rows = [...body.rows];
  rows.forEach((row, n) => { row.dataset.order ??= n; });
  const before = heads[i].getAttribute("aria-sort");
  const next = { ascending: "descending", descending: null }[before];
  for (const head of heads) head.removeAttribute("aria-sort");
  const way = before === null ? "ascending" : next;
  if (way) heads[i].setAttribute("aria-sort", way);
  const sign = way === "descending" ? -1 : 1;
  rows.sort((a, b) => way
    ? compare(key(a, i), key(b, i)) * (typeof key(a, i) === typeof key(b, i) ? sign : 1)
    : a.dataset.order - b.dataset.order);
  body.append(...rows);
};
for (const table of document.querySelectorAll("table")) {
  const heads = [...table.tHead.rows[0].cells];
  if (table.tBodies[0].rows.length < 2) continue;
  heads.forEach((head, i) => {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...head.childNodes);
    button.addEventListener("click", () => sort(table, heads, i));
    head.append(button);
  });
}
