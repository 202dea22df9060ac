// Shows the passkey buttons where the browser can use them, and says so when a passkey did not work.
"use strict";
(() => {
  const can = Boolean(window.PublicKeyCredential);
  for (const button of document.querySelectorAll("[data-passkey]")) button.hidden = !can;
  for (const note of document.querySelectorAll("[data-passkey-missing]")) note.hidden = can;
  document.addEventListener("allauth.error", (event) => {
    event.preventDefault();
    for (const note of document.querySelectorAll("[data-passkey-error]")) note.hidden = false;
  });
})();
