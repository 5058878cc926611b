// The rest of the report: light and dark, a table that sorts and filters. It follows viewer.js.
// --- light and dark
document.getElementById("theme").addEventListener("click", () => {
  const dark = getComputedStyle(document.documentElement).colorScheme === "dark" || (!document.documentElement.dataset.theme && matchMedia("(prefers-color-scheme: dark)").matches);
  document.documentElement.dataset.theme = dark ? "light" : "dark"; redraw();
});

// --- the table
const BODY = document.querySelector("#all tbody"), ROWS = [...BODY.rows];
function sort(head) {
  const up = head.getAttribute("aria-sort") !== "ascending", n = head.cellIndex, value = row => row.cells[n].dataset.v ?? row.cells[n].textContent;
  for (const h of head.parentNode.cells) h.removeAttribute("aria-sort");
  head.setAttribute("aria-sort", up ? "ascending" : "descending");
  const empty = row => value(row) === "" ? 1 : 0; // what is not known comes last, both ways
  ROWS.sort((p, q) => empty(p) - empty(q) || (up ? 1 : -1) * (head.dataset.number ? value(p) - value(q) : value(p).localeCompare(value(q), undefined, {numeric: true})) || 0);
  BODY.append(...ROWS);
}
function filter() {
  const words = document.getElementById("words").value.toLowerCase().split(/\s+/), tag = document.getElementById("which").value; let shown = 0;
  for (const row of ROWS) {
    const text = row.textContent.toLowerCase(), keep = words.every(w => text.includes(w)) && (!tag || row.dataset.tags.split(" ").includes(tag));
    row.hidden = !keep; shown += keep;
  }
  document.getElementById("shown").textContent = `${shown} of ${ROWS.length} shown`;
}
for (const head of document.querySelectorAll("#all th")) head.querySelector("button").addEventListener("click", () => sort(head));
for (const id of ["words", "which"]) document.getElementById(id).addEventListener("input", filter);
filter();
