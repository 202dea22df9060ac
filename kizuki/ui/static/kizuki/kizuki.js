// The one script. Every page works without it; it adds keys, guards against double sending, and dropping a file.
"use strict";
(() => {
  const typing = (el) => el && (el.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(el.tagName));
  const rooms = { i: "/incidents/", c: "/cases/", r: "/replay/", m: "/measures/", a: "/register/assets/", t: "/tasks/" };
  const acts = { n: "[data-new]", e: "[data-edit]" };
  let pending = "";

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
    if (pending === "g" && rooms[event.key]) {
      location.assign(rooms[event.key]);
    } else if (event.key === "/") {
      const find = document.querySelector("input[type=search]");
      if (find) { event.preventDefault(); find.focus(); find.select(); } else location.assign("/cases/");
    } else if (acts[event.key] && document.querySelector(acts[event.key])) {
      event.preventDefault();  // the key must not be typed into the field that it leads to
      document.querySelector(acts[event.key]).click();
    } else if (event.key === "?" && document.body.dataset.keys) {
      location.assign(document.body.dataset.keys);
    }
    pending = event.key;
  });

  // A form that was sent after the session had ended leads to the sign-in page: what was typed comes back with the form, to the same
  // person. Its hidden fields too, so that a version that is no longer the newest is found out.
  const KEPT = "kizuki-form";
  const store = (act) => { try { return act(window.sessionStorage); } catch { return null; } };
  const me = () => (document.querySelector(".mast .who a") || {}).textContent || "";
  const formOf = (form) => form.getAttribute("action") || "";
  const keep = (form) => {
    if (!me() || !form.closest("main") || form.querySelector("input[type=password]")) return;
    const fields = [...new FormData(form)].filter(([name, value]) => typeof value === "string" && name !== "csrfmiddlewaretoken");
    store((s) => s.setItem(KEPT, JSON.stringify({ me: me(), page: location.pathname, action: formOf(form), fields })));
  };
  const fill = (form, fields) => {
    for (const el of form.elements) {
      const values = fields.filter(([name]) => name === el.name).map(([, value]) => value);
      if (!el.name || el.name === "csrfmiddlewaretoken" || el.type === "file" || el.tagName === "BUTTON") continue;
      if (el.type === "radio" || el.type === "checkbox") el.checked = values.includes(el.value);
      else if (el.multiple) for (const option of el.options) option.selected = values.includes(option.value);
      else if (values.length) el.value = values[0];
    }
    for (let up = form.closest("details"); up; up = up.parentElement.closest("details")) up.open = true;
    const note = document.createElement("p");
    note.className = "note";
    note.setAttribute("role", "status");
    note.textContent = document.body.dataset.kept || "";
    form.before(note);
    note.scrollIntoView({ block: "center" });
  };
  const kept = store((s) => JSON.parse(s.getItem(KEPT)));
  if (kept && !me()) store((s) => s.setItem(KEPT, JSON.stringify({ ...kept, refused: true })));
  else if (kept && !kept.refused) store((s) => s.removeItem(KEPT));
  else if (kept && kept.page === location.pathname) {
    const form = kept.me === me() && [...document.querySelectorAll("main form[method=post]")].find((one) => formOf(one) === kept.action);
    if (form) fill(form, kept.fields);
    store((s) => s.removeItem(KEPT));
  }

  // A form is sent once: a second click within ten seconds does nothing.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.method !== "post" || form.hasAttribute("hx-post")) return;
    const now = Date.now();
    if (form.dataset.sent && now - Number(form.dataset.sent) < 10000) event.preventDefault();
    else { form.dataset.sent = String(now); keep(form); }
  });
  window.addEventListener("pageshow", () => document.querySelectorAll("form[data-sent]").forEach((f) => delete f.dataset.sent));

  // Filters act at once; without a script their button does it.
  document.addEventListener("change", (event) => {
    const form = event.target.closest("form[data-auto]");
    if (form) form.requestSubmit();
  });

  // A file may be dropped on its field's frame.
  for (const zone of document.querySelectorAll("[data-drop]")) {
    const input = zone.querySelector("input[type=file]");
    const over = (on) => (event) => { event.preventDefault(); zone.classList.toggle("over", on); };
    zone.addEventListener("dragover", over(true));
    zone.addEventListener("dragleave", over(false));
    zone.addEventListener("drop", (event) => {
      over(false)(event);
      if (event.dataTransfer.files.length) {
        input.files = event.dataTransfer.files;
        input.dispatchEvent(new Event("change", { bubbles: true }));
        if (zone.closest("form").hasAttribute("data-auto") === false) zone.closest("form").requestSubmit();
      }
    });
  }

  for (const button of document.querySelectorAll("[data-print]")) {
    button.addEventListener("click", (event) => { event.preventDefault(); window.print(); });
  }
})();
