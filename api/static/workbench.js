// Comfort only: every page works without it.
"use strict";
document.addEventListener("keydown", (event) => {
  if (event.target.closest("input, textarea, select") || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "/") {
    const box = document.querySelector("[data-find]");
    if (box) { event.preventDefault(); box.focus(); box.select(); }
  }
});
// Ctrl+Enter sends a form from within its text.
document.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && event.target.form) event.target.form.requestSubmit();
});
// A select that decides what else is shown sends its form by itself.
document.addEventListener("change", (event) => {
  if (event.target.matches("[data-send]")) event.target.form.requestSubmit();
});
// A menu closes when somebody looks elsewhere.
document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll("details.menu[open]")) if (!menu.contains(event.target)) menu.open = false;
});
document.addEventListener("click", (event) => {
  if (event.target.closest("[data-print]")) window.print();
});
// The time left to take something back runs down before one's eyes.
for (const left of document.querySelectorAll("[data-left]")) {
  const end = Date.now() + 1000 * Number(left.dataset.left);
  const told = setInterval(() => {
    const rest = Math.max(0, Math.ceil((end - Date.now()) / 1000));
    left.textContent = `${Math.floor(rest / 60)}:${String(rest % 60).padStart(2, "0")}`;
    if (rest === 0) clearInterval(told);
  }, 1000);
}
