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
// What is being worked on shows how far it is; when it has ended, the page shows what came of it.
const poll = () => setTimeout(async () => {
  const box = document.querySelector("[data-poll]");
  if (!box) return;
  const answer = await fetch(location.href);
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("[data-poll]");
  if (!fresh) return location.reload();
  box.replaceChildren(...fresh.childNodes);
  poll();
}, 1500);
if (document.querySelector("[data-poll]")) poll();
