// What the pages do beyond forms and links. Every act of care works without it.
"use strict";

// After a fragment was swapped in, keep the keyboard where it was.
document.addEventListener("htmx:beforeSwap", (event) => {
  const held = document.activeElement;
  if (held && held.id && event.detail.target.contains(held)) event.detail.target.dataset.held = held.id;
});
document.addEventListener("htmx:afterSettle", (event) => {
  const held = event.target.dataset && event.target.dataset.held;
  if (held) document.getElementById(held)?.focus({ preventScroll: true });
});
