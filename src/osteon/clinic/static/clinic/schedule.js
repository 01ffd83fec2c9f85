// Drag a visit to another time or chair. The server judges; "Move" does the same without a mouse.
"use strict";

(() => {
  const grid = document.getElementById("daygrid");
  const drop = document.getElementById("drop");
  if (!grid || !drop) return;
  const GRID_MINUTES = 5;
  let dragged = null;

  grid.addEventListener("dragstart", (event) => {
    dragged = event.target.closest("[data-move]");
    if (!dragged) return;
    event.dataTransfer.effectAllowed = "move";
    event.dataTransfer.setData("text/plain", "");
    grid.classList.add("dragging");
  });
  grid.addEventListener("dragend", () => {
    dragged = null;
    grid.classList.remove("dragging");
    grid.querySelectorAll(".over").forEach((cell) => cell.classList.remove("over"));
  });
  grid.addEventListener("dragover", (event) => {
    const cell = dragged && event.target.closest("td.free");
    grid.querySelectorAll(".over").forEach((other) => other !== cell && other.classList.remove("over"));
    if (!cell) return;
    event.preventDefault();
    cell.classList.add("over");
  });
  grid.addEventListener("drop", (event) => {
    const cell = dragged && event.target.closest("td.free");
    if (!cell) return;
    event.preventDefault();
    const box = cell.getBoundingClientRect();
    const row = Math.floor(((event.clientY - box.top) / box.height) * Number(cell.dataset.rows));
    const minute = Number(cell.dataset.start) + GRID_MINUTES * Math.max(0, row);
    drop.action = dragged.dataset.move;
    drop.elements.slot.value = `${grid.dataset.day} ${minute} ${cell.dataset.chair}`;
    drop.elements.version.value = dragged.dataset.version;
    drop.submit();
  });
})();
