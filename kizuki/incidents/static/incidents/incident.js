// One incident: what is typed is never lost, wrong answers are shown where they belong, words can be completed by key.
"use strict";
(() => {
  const key = `kizuki-line:${location.pathname}`;
  const form = () => document.getElementById("entry");
  const line = () => document.getElementById("id_line");
  const store = (act) => { try { return act(window.sessionStorage); } catch { return null; } };
  const keep = () => {
    const text = line().value;
    const once = form().elements.once.value;
    store((s) => (text.trim() ? s.setItem(key, JSON.stringify({ text, once })) : s.removeItem(key)));
  };
  const trouble = (which) => {
    const note = form() && form().querySelector("[data-trouble]");
    if (!note) return;
    note.hidden = !which;
    for (const name of ["offline", "refused"]) note.querySelector(`[data-${name}]`).hidden = name !== which;
  };
  const sends = (event) => event.detail.elt && event.detail.elt.id === "entry";

  // A line that was not sent comes back, with its key: sent twice, it is entered once.
  const kept = line() && !line().value && store((s) => s.getItem(key));
  if (kept) {
    try {
      const { text, once } = JSON.parse(kept);
      line().value = text;
      form().elements.once.value = once;
      line().dispatchEvent(new Event("input", { bubbles: true }));
    } catch { store((s) => s.removeItem(key)); }
  }

  document.addEventListener("input", (event) => { if (event.target.id === "id_line") keep(); });
  document.addEventListener("htmx:beforeSwap", (event) => {
    const { xhr } = event.detail;
    if (xhr.status === 409 || xhr.status === 422) { event.detail.shouldSwap = true; event.detail.isError = false; }
    if (sends(event) && xhr.status === 200) store((s) => s.removeItem(key));
  });
  for (const name of ["htmx:sendError", "htmx:timeout"]) {
    document.addEventListener(name, (event) => {
      if (sends(event)) trouble("offline");
      const note = document.querySelector("#timeline .offline");
      if (note) note.hidden = false;
    });
  }
  document.addEventListener("htmx:responseError", (event) => { if (sends(event)) trouble("refused"); });
  document.addEventListener("htmx:beforeRequest", (event) => { if (sends(event)) trouble(""); });
  document.addEventListener("htmx:afterRequest", (event) => {
    const note = document.querySelector("#timeline .offline");
    if (note && event.detail.successful) note.hidden = true;
  });

  // The answer to an entry brings the whole timeline: what was asked for before it is not to be put in once more.
  document.addEventListener("htmx:oobBeforeSwap", (event) => {
    if (event.target.id === "ask") window.htmx.trigger(event.target, "htmx:abort");
  });

  // What was unfolded stays so when the timeline is drawn again, and one's own entry is shown.
  let open = [];
  document.addEventListener("htmx:beforeSwap", () => {
    open = [...document.querySelectorAll("#timeline details[open][id]")].map((el) => el.id);
  });
  document.addEventListener("htmx:afterSettle", () => {
    for (const id of open) { const el = document.getElementById(id); if (el) el.open = true; }
    const table = document.getElementById("timeline");
    const row = table && table.dataset.entered && document.getElementById(table.dataset.entered);
    if (row) { delete table.dataset.entered; row.scrollIntoView({ block: "nearest" }); row.classList.add("fresh"); }
  });

  // Completing the last word: with the arrow key into the list, Enter takes one.
  const words = () => [...document.querySelectorAll("#parse [data-word]")];
  document.addEventListener("keydown", (event) => {
    const there = words();
    if (!there.length) return;
    if (event.target.id === "id_line" && event.key === "ArrowDown") { event.preventDefault(); there[0].focus(); return; }
    const at = there.indexOf(event.target);
    if (at < 0) return;
    if (event.key === "ArrowRight" || event.key === "ArrowDown") { event.preventDefault(); there[(at + 1) % there.length].focus(); }
    if (event.key === "ArrowLeft") { event.preventDefault(); there[(at + there.length - 1) % there.length].focus(); }
    if (event.key === "ArrowUp" || event.key === "Escape") { event.preventDefault(); line().focus(); }
  });
  document.addEventListener("click", (event) => {
    const button = event.target.closest("#parse [data-word]");
    if (!button) return;
    const input = line();
    input.value = `${input.value.replace(/\S*$/, "")}${button.dataset.word} `;
    input.focus();
    input.setSelectionRange(input.value.length, input.value.length);
    input.dispatchEvent(new Event("input", { bubbles: true }));
  });
})();
