// The clocks of a session tick between two answers of the server. Without this script the pages show the server's times.
"use strict";

(() => {
  const two = (number) => String(number).padStart(2, "0");
  const span = (seconds) => {
    const all = Math.floor(Math.abs(seconds));
    const hours = Math.floor(all / 3600);
    const rest = `${two(Math.floor((all % 3600) / 60))}:${two(all % 60)}`;
    return hours ? `${hours}:${rest}` : rest;
  };

  // The server's clock, whatever the tablet's says: how far apart they are is measured when the part was made.
  let apart = 0;
  const compare = () => {
    const live = document.querySelector("[data-now]");
    if (live) apart = Date.parse(live.dataset.now) - Date.now();
  };

  const tick = () => {
    const now = Date.now() + apart;
    for (const clock of document.querySelectorAll("[data-since]")) {
      const text = span((now - Date.parse(clock.dataset.since)) / 1000);
      clock.textContent = clock.dataset.words ? `${clock.dataset.words} ${text}` : text;
    }
    for (const clock of document.querySelectorAll("[data-due]")) {
      const left = (Date.parse(clock.dataset.due) - now) / 1000;
      clock.textContent = left >= 0 ? `in ${span(left)}` : `${span(left)} late`;
      clock.classList.toggle("late", left < 0);
    }
  };

  compare();
  tick();
  setInterval(tick, 1000);
  document.addEventListener("htmx:afterSettle", () => { compare(); tick(); });

  // The last answer's tag goes along with the next question: 304 when nothing has changed.
  let tag = "";
  document.addEventListener("htmx:configRequest", (event) => {
    if (tag && event.detail.path.endsWith("/live/")) event.detail.headers["If-None-Match"] = tag;
  });
  document.addEventListener("htmx:afterRequest", (event) => {
    const answer = event.detail.xhr;
    if (answer && answer.responseURL.endsWith("/live/")) tag = answer.getResponseHeader("ETag") || tag;
  });
})();
