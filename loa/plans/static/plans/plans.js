/* Kế hoạch: đối chiếu hai cột (bấm bên nào cũng tới bên kia, phím Enter, mũi tên, E), chọn chữ để thêm mục. */
(function () {
  "use strict";
  const doc = document;
  const all = (sel, root) => Array.from((root || doc).querySelectorAll(sel));
  doc.documentElement.classList.add("js");

  /* tệp quá nặng: nói ngay, không gửi */
  all("form[data-upload-limit]").forEach(function (form) {
    const place = form.querySelector("[data-upload-error]");
    const input = form.querySelector("input[type=file]");
    const check = function () {
      const big = input.files[0] && input.files[0].size > Number(form.dataset.uploadLimit);
      place.hidden = !big;
      place.textContent = big ? form.dataset.uploadWords : "";
      return !big;
    };
    input.addEventListener("change", check);
    form.addEventListener("submit", function (event) { if (!check()) { event.preventDefault(); event.stopImmediatePropagation(); } }, true);
  });

  const reader = doc.getElementById("doi-chieu");
  if (!reader) return;
  const desk = reader.querySelector(".desk");
  const phone = window.matchMedia("(max-width:760px)");
  const calm = window.matchMedia("(prefers-reduced-motion:reduce)").matches;
  let now = 0;
  reader.dataset.showing = "cards";

  const cardOf = (n) => doc.getElementById("m" + n);
  const marksOf = (n) => all('mark[data-n~="' + n + '"]', desk);
  const mkOf = (n) => desk.querySelector('[data-mk~="' + n + '"]');
  const cards = () => all("[data-card]", reader);

  /* số mục bên lề không đè nhau */
  function spread() {
    all(".sheet", desk).forEach(function (sheet) {
      let floor = -1000;
      all(".mk", sheet).forEach(function (mk) { mk.style.marginTop = ""; });
      const tops = all(".mk", sheet).map(function (mk) { return [mk, mk.offsetTop]; }).sort(function (a, b) { return a[1] - b[1]; });
      tops.forEach(function (pair) {
        const push = Math.max(0, floor + 24 - pair[1]);
        if (push) pair[0].style.marginTop = (push + 1) + "px";
        floor = pair[1] + push;
      });
    });
  }

  /* đường nối chữ với mục, như thước kẻ */
  let line = null;
  function draw() {
    if (line) { line.remove(); line = null; }
    if (!now || phone.matches) return;
    const mark = marksOf(now)[0], card = cardOf(now);
    if (!mark || !card) return;
    const box = reader.getBoundingClientRect(), view = desk.getBoundingClientRect();
    const from = mark.getClientRects()[0], to = card.getBoundingClientRect();
    if (!from || from.bottom < view.top + 48 || from.top > view.bottom) return;
    const x1 = view.right - box.left, y1 = (from.top + from.bottom) / 2 - box.top;
    const x2 = to.left - box.left, y2 = to.top - box.top + 26, mid = (x1 + x2) / 2;
    line = doc.createElementNS("http://www.w3.org/2000/svg", "svg");
    line.setAttribute("class", "link-line");
    line.setAttribute("aria-hidden", "true");
    const path = doc.createElementNS(line.namespaceURI, "path");
    path.setAttribute("d", "M" + x1 + " " + y1 + "H" + mid + "V" + y2 + "H" + x2);
    const dot = doc.createElementNS(line.namespaceURI, "circle");
    dot.setAttribute("cx", x1); dot.setAttribute("cy", y1); dot.setAttribute("r", 4);
    line.append(path, dot);
    reader.appendChild(line);
  }

  function clear() {
    all(".on", reader).forEach(function (el) { el.classList.remove("on"); });
  }

  function show(view) {
    reader.dataset.showing = view;
    all("[data-view]").forEach(function (b) { b.setAttribute("aria-selected", String(b.dataset.view === view)); });
    if (view === "doc") spread();
  }

  /* đưa chữ vào giữa cột trái mà không cuộn cả trang */
  function reveal(n) {
    const mark = marksOf(n)[0];
    if (!mark) return;
    if (phone.matches) { mark.scrollIntoView({ block: "center" }); return; }
    const top = mark.getBoundingClientRect().top - desk.getBoundingClientRect().top + desk.scrollTop;
    desk.scrollTo({ top: Math.max(0, top - desk.clientHeight / 3), behavior: calm ? "auto" : "smooth" });
  }

  function choose(n, options) {
    const card = cardOf(n);
    if (!card) return;
    const how = options || {};
    if (now && now !== n) {
      const before = cardOf(now);
      if (before && !before.querySelector("[data-editing]") && !/unsure|warned/.test(before.dataset.css)) before.open = false;
    }
    clear();
    now = n;
    card.classList.add("on");
    card.open = true;
    marksOf(n).forEach(function (m) { m.classList.add("on"); });
    const mk = mkOf(n);
    if (mk) mk.classList.add("on");
    if (how.doc !== false) reveal(n);
    if (how.card !== false) card.scrollIntoView({ block: "nearest", behavior: calm ? "auto" : "smooth" });
    if (how.focus) card.querySelector("summary").focus({ preventScroll: true });
    setTimeout(draw, 350);
  }

  function step(by) {
    const list = cards().map(function (c) { return Number(c.dataset.card); });
    const at = list.indexOf(now);
    const next = list[Math.min(list.length - 1, Math.max(0, (at < 0 ? (by > 0 ? -1 : list.length) : at) + by))];
    if (next) choose(next, { focus: true });
  }

  reader.addEventListener("click", function (event) {
    const mark = event.target.closest("mark[data-n]");
    const number = event.target.closest("[data-mk]");
    if (mark || number) {
      if (String(window.getSelection()).length > 1) return;
      event.preventDefault();
      const n = Number((mark ? mark.dataset.n : number.dataset.mk).split(" ")[0]);
      if (!cardOf(n)) { location.href = location.pathname + "#m" + n; return; }
      if (phone.matches) show("cards");
      choose(n, { doc: false, focus: true });
      return;
    }
    const summary = event.target.closest("[data-card]>summary");
    if (summary) {
      const n = Number(summary.parentNode.dataset.card);
      if (n !== now) { event.preventDefault(); choose(n); } else setTimeout(draw, 0);
      return;
    }
    const card = event.target.closest("[data-card]");
    if (card && Number(card.dataset.card) !== now) choose(Number(card.dataset.card), { card: false });
  });

  doc.addEventListener("keydown", function (event) {
    const target = event.target;
    if (event.ctrlKey || event.metaKey || event.altKey || doc.querySelector("dialog[open]")) return;
    if (/^(INPUT|TEXTAREA|SELECT|BUTTON|A)$/.test(target.tagName) || target.isContentEditable) return;
    const card = now && cardOf(now);
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      if (target === desk) return;
      event.preventDefault();
      step(event.key === "ArrowDown" ? 1 : -1);
    } else if (event.key === "Enter" && card) {
      const main = card.querySelector("[data-main]");
      if (!main) return;
      event.preventDefault();
      main.click();
    } else if ((event.key === "e" || event.key === "E") && card) {
      const edit = card.querySelector("[data-edit]");
      if (!edit) return;
      event.preventDefault();
      edit.click();
    }
  });

  /* sau khi một mục đổi: chữ bên trái đổi theo, sang mục sau */
  doc.addEventListener("plans:changed", function (event) {
    const n = event.detail.n, css = event.detail.css;
    marksOf(n).forEach(function (m) {
      if (Number(m.dataset.n.split(" ")[0]) === n) m.className = css;
    });
    const mk = mkOf(n);
    if (mk && Number(mk.dataset.mk.split(" ")[0]) === n) mk.className = "mk " + css;
    const next = event.detail.next;
    if (next && cardOf(next)) {
      const done = cardOf(n);
      if (done) done.open = false;
      choose(next, { focus: true });
    } else {
      choose(n, { focus: true });
    }
    if (window.loa) {
      const words = doc.querySelector("#tien-do .big");
      if (words) window.loa.say(words.textContent);
    }
  });
  doc.addEventListener("htmx:afterSwap", function (event) {
    const form = event.target.querySelector && event.target.querySelector("[data-editing]");
    if (!form) return;
    const field = form.querySelector("input:not([type=hidden]),textarea,select");
    if (field) field.focus();
  });

  all("[data-view]").forEach(function (button) {
    button.addEventListener("click", function () { show(button.dataset.view); });
  });

  /* cỡ chữ cột trái */
  const zoom = doc.querySelector("[data-zoom]");
  if (zoom) {
    let size = 2;
    zoom.hidden = false;
    zoom.addEventListener("click", function (event) {
      const button = event.target.closest("[data-zoom-by]");
      if (!button) return;
      size = Math.min(3, Math.max(1, size + Number(button.dataset.zoomBy)));
      desk.classList.remove("zoom-1", "zoom-3");
      if (size !== 2) desk.classList.add("zoom-" + size);
      zoom.querySelector("[data-zoom-now]").textContent = { 1: "85%", 2: "100%", 3: "115%" }[size];
      spread();
      draw();
    });
  }

  /* bôi đen chữ bên trái → thêm mục */
  const picked = doc.querySelector("[data-picked]");
  function offsetAt(node, offset) {
    const holder = (node.nodeType === 3 ? node.parentNode : node).closest("[data-s]");
    if (!holder) return null;
    const before = doc.createRange();
    before.selectNodeContents(holder);
    before.setEnd(node, offset);
    return Number(holder.dataset.s) + Array.from(before.toString()).length;
  }
  function pick() {
    const selection = window.getSelection();
    if (!picked || !selection.rangeCount || selection.isCollapsed) { if (picked) picked.hidden = true; return; }
    const range = selection.getRangeAt(0);
    if (!desk.contains(range.commonAncestorContainer)) { picked.hidden = true; return; }
    const start = offsetAt(range.startContainer, range.startOffset);
    const end = offsetAt(range.endContainer, range.endOffset);
    if (start === null || end === null || end - start < 2) { picked.hidden = true; return; }
    all("a[data-kind]", picked).forEach(function (link) {
      link.href = reader.dataset.add + "?loai=" + link.dataset.kind + "&tu=" + start + "&den=" + end;
    });
    const box = range.getBoundingClientRect();
    picked.hidden = false;
    picked.style.left = Math.max(12, Math.min(box.left + window.scrollX, doc.documentElement.clientWidth - picked.offsetWidth - 12)) + "px";
    picked.style.top = (box.bottom + window.scrollY + 8) + "px";
  }
  doc.addEventListener("mouseup", function () { setTimeout(pick, 10); });
  doc.addEventListener("touchend", function () { setTimeout(pick, 300); });
  doc.addEventListener("keyup", function (event) { if (event.shiftKey) pick(); });

  desk.addEventListener("scroll", draw, { passive: true });
  window.addEventListener("resize", function () { spread(); draw(); });
  window.addEventListener("hashchange", start);
  function start() {
    const match = location.hash.match(/^#m(\d+)$/);
    if (match && cardOf(match[1])) { choose(Number(match[1]), { focus: true }); return; }
    if (match) { location.href = location.pathname + location.hash; return; }
    const open = reader.querySelector("[data-card][open]");
    if (open && !now) choose(Number(open.dataset.card), { card: false });
  }
  spread();
  if (doc.fonts && doc.fonts.ready) doc.fonts.ready.then(function () { spread(); draw(); });
  start();
})();
