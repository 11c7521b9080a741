/* Keys of the stream: j k walk, o opens, v asks why, 1 2 3 set the tone, x: not about education. Nothing while typing. */
(function () {
  "use strict";
  const list = document.querySelector("[data-stream]");
  if (!list) return;
  let at = -1;

  function rows() { return Array.from(list.querySelectorAll("[data-row]")); }

  function go(step) {
    const all = rows();
    const focused = document.activeElement && document.activeElement.closest("[data-row]");
    if (focused) at = all.indexOf(focused);
    at = Math.min(Math.max(at + step, 0), all.length - 1);
    const link = all[at] && all[at].querySelector("[data-row-link]");
    if (link) { link.focus(); link.scrollIntoView({ block: "center" }); }
  }

  document.addEventListener("keydown", function (event) {
    if (event.ctrlKey || event.metaKey || event.altKey || /^(INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName)) return;
    if (document.querySelector("dialog[open]")) return;
    if (event.key === "j") { event.preventDefault(); go(1); return; }
    if (event.key === "k") { event.preventDefault(); go(-1); return; }
    const row = (document.activeElement && document.activeElement.closest("[data-row]")) || rows()[at];
    if (!row) return;
    const wanted = event.key === "o" ? row.querySelector("[data-row-link]") : row.querySelector('[data-key="' + CSS.escape(event.key) + '"]');
    if (wanted) { event.preventDefault(); wanted.click(); }
  });

  /* a line that came back after a correction keeps the focus */
  document.addEventListener("htmx:afterSwap", function (event) {
    const id = event.detail && event.detail.elt && event.detail.elt.id;
    const row = id && document.getElementById(id);
    if (row && row.matches && row.matches("[data-row]")) {
      const link = row.querySelector("[data-row-link]");
      if (link) link.focus();
    }
  });
})();
