// Comfort only: every page works without it.
"use strict";
const typing = (event) =>
  event.target.closest("input:not([type=checkbox]), textarea, select") || event.ctrlKey || event.metaKey || event.altKey;
document.addEventListener("keydown", (event) => {
  const box = event.key === "/" && !typing(event) && document.querySelector("[data-find]");
  if (box) { event.preventDefault(); box.focus(); box.select(); }
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
// A table that is wider than the window is scrolled by keys, too.
const wide = new ResizeObserver((boxes) => {
  for (const { target } of boxes) {
    if (target.scrollWidth > target.clientWidth) target.setAttribute("tabindex", "0");
    else target.removeAttribute("tabindex");
  }
});
for (const box of document.querySelectorAll(".scroll")) wide.observe(box);
// The time left to take something back runs down before one's eyes.
for (const left of document.querySelectorAll("[data-left]")) {
  const end = Date.now() + 1000 * Number(left.dataset.left);
  const told = setInterval(() => {
    const rest = Math.max(0, Math.ceil((end - Date.now()) / 1000));
    left.textContent = `${Math.floor(rest / 60)}:${String(rest % 60).padStart(2, "0")}`;
    if (rest === 0) clearInterval(told);
  }, 1000);
}
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
// On a board the keys go from card to card, and press what carries them; an open choice takes the digits first.
document.addEventListener("keydown", (event) => {
  if (typing(event)) return;
  const cards = [...document.querySelectorAll("[data-card]")];
  const at = cards.findIndex((card) => card.contains(document.activeElement));
  const step = { j: 1, k: -1 }[event.key];
  if (event.key === "u") document.querySelector("[data-key=u]")?.click();
  else if (step && cards.length) cards[Math.min(Math.max(at + step, 0), cards.length - 1)].focus();
  else if (at >= 0 && /^[a-z0-9]$/.test(event.key)) {
    const choice = cards[at].querySelectorAll("[data-choice][open] button");
    const wanted = choice[Number(event.key) - 1] ?? cards[at].querySelector(`[data-key="${event.key}"]`);
    if (wanted) { event.preventDefault(); wanted.click(); }
  }
});
// A question that takes a while says so on its button, once it is sent; back again, it can be asked anew.
document.addEventListener("submit", (event) => {
  const button = event.target.querySelector("[data-busy]");
  if (button) { button.dataset.said = button.textContent; button.textContent = button.dataset.busy; button.setAttribute("aria-busy", "true"); }
});
window.addEventListener("pageshow", () => {
  for (const button of document.querySelectorAll("[data-said]")) {
    button.textContent = button.dataset.said;
    button.removeAttribute("aria-busy");
  }
});
