// Keys in the list of tasks: j and k go down and up, d unfolds how a task is done, x ticks it. Without it, Tab does the same.
"use strict";
(() => {
  const rows = () => [...document.querySelectorAll("tr[data-row]")];
  const link = (row) => row.querySelector("th a");

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || /^(INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName) && event.target.type !== "checkbox") return;
    const all = rows();
    const here = all.indexOf(event.target.closest("tr[data-row]"));
    if (event.key === "j" || event.key === "k") {
      const next = all[event.key === "j" ? here + 1 : Math.max(here - 1, 0)];
      if (next) link(next).focus();
    } else if (here >= 0 && event.key === "d") {
      const fold = all[here].querySelector("details");
      if (fold) fold.open = !fold.open;
    } else if (here >= 0 && event.key === "x") {
      const tick = all[here].querySelector("input[type=checkbox]");
      if (tick) tick.checked = !tick.checked;
    }
  });

  // On paper everything is unfolded.
  addEventListener("beforeprint", () => document.querySelectorAll("details[data-fold]").forEach((d) => { d.open = true; }));
})();
