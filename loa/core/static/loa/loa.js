/* Loa: the one script of the staff frame. No inline handlers; everything hangs on data- attributes (docs/design.md). */
(function () {
  "use strict";
  const doc = document;
  const $ = (sel, root) => (root || doc).querySelector(sel);
  const all = (sel, root) => Array.from((root || doc).querySelectorAll(sel));
  const words = doc.documentElement.lang === "en"
    ? { saving: "Saving…", saved: "Saved at %s", failed: "Not saved yet: no connection", copied: "Copied", leave: "There are unsaved changes.", copyFail: "Select the text and copy it by hand" }
    : { saving: "Đang lưu…", saved: "Đã lưu lúc %s", failed: "Chưa lưu được: mất kết nối", copied: "Đã chép", leave: "Còn nội dung chưa lưu.", copyFail: "Chọn phần chữ rồi chép bằng tay" };

  function csrf() {
    const field = $("[name=csrfmiddlewaretoken]");
    const match = doc.cookie.match(/(?:^|; )csrftoken=([^;]+)/);
    return field ? field.value : match ? decodeURIComponent(match[1]) : "";
  }

  /* status for screen readers */
  let live;
  function say(text) {
    if (!live) {
      live = doc.createElement("div");
      live.className = "vh";
      live.setAttribute("role", "status");
      doc.body.appendChild(live);
    }
    live.textContent = "";
    setTimeout(function () { live.textContent = text; }, 30);
  }

  /* menus: <details data-menu> shut on a click elsewhere and on Esc */
  doc.addEventListener("click", function (event) {
    all("details[data-menu][open]").forEach(function (menu) {
      if (!menu.contains(event.target)) menu.open = false;
    });
  });

  function onKey(event) {
    if (event.key === "Escape") {
      all("details[data-menu][open]").forEach(function (menu) {
        menu.open = false;
        const summary = $("summary", menu);
        if (summary) summary.focus();
      });
      return;
    }
    const target = event.target;
    const typing = /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName) || target.isContentEditable;
    if (typing) {
      /* Ctrl+Enter sends the form that is being filled */
      if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && target.form) {
        event.preventDefault();
        target.form.requestSubmit();
      }
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey || $("dialog[open]")) return;
    const wanted = all("[data-hotkey]").find(function (el) { return el.dataset.hotkey === event.key && el.offsetParent !== null; });
    if (!wanted) return;
    event.preventDefault();
    if (/^(INPUT|TEXTAREA)$/.test(wanted.tagName)) wanted.focus(); else wanted.click();
  }
  doc.addEventListener("keydown", onKey);

  /* one listener for every kind of click */
  doc.addEventListener("click", function (event) {
    const el = event.target.closest("[data-open],[data-close],[data-dismiss],[data-copy],[data-print],[data-back],[data-check-all],[aria-disabled=true]");
    if (!el) return;
    if (el.getAttribute("aria-disabled") === "true") { event.preventDefault(); event.stopPropagation(); return; }
    if (el.dataset.open) {
      const dialog = doc.getElementById(el.dataset.open);
      if (dialog && dialog.showModal) { event.preventDefault(); dialog.showModal(); }
    } else if ("close" in el.dataset) {
      const dialog = el.closest("dialog");
      if (dialog) { event.preventDefault(); dialog.close(); }
    } else if ("dismiss" in el.dataset) {
      const box = el.closest("[data-banner]");
      if (box) box.remove();
    } else if ("copy" in el.dataset) {
      event.preventDefault();
      copy(el);
    } else if ("print" in el.dataset) {
      event.preventDefault();
      window.print();
    } else if ("back" in el.dataset && history.length > 1) {
      event.preventDefault();
      history.back();
    } else if ("checkAll" in el.dataset) {
      all('input[type=checkbox][name="' + el.dataset.checkAll + '"]').forEach(function (box) {
        if (box.checked !== el.checked) { box.checked = el.checked; box.dispatchEvent(new Event("change", { bubbles: true })); }
      });
    }
  }, true);

  /* a click on the backdrop shuts a dialog */
  doc.addEventListener("click", function (event) {
    if (event.target.tagName === "DIALOG" && event.target.matches(".dlg")) {
      const r = event.target.getBoundingClientRect();
      if (event.clientX < r.left || event.clientX > r.right || event.clientY < r.top || event.clientY > r.bottom) event.target.close();
    }
  });

  /* data-copy="text" or data-copy-from="id" */
  function copy(el) {
    const source = el.dataset.copyFrom && doc.getElementById(el.dataset.copyFrom);
    const text = source ? (source.value !== undefined ? source.value : source.innerText) : el.dataset.copy;
    const label = $("[data-copy-label]", el) || el;
    const done = function (word) {
      const before = label.textContent;
      say(word);
      label.textContent = word;
      setTimeout(function () { label.textContent = before; }, 1800);
    };
    if (navigator.clipboard) navigator.clipboard.writeText(text).then(function () { done(words.copied); }, function () { say(words.copyFail); });
    else say(words.copyFail);
  }

  /* confirm: <form data-confirm="question"> or <button data-confirm="question"> asks in a dialog of ours */
  function ask(question, detail, yes) {
    const dialog = doc.createElement("dialog");
    dialog.className = "dlg";
    const inner = doc.createElement("div");
    inner.className = "dlg-in main-like";
    const title = doc.createElement("h2");
    title.textContent = question;
    title.id = "hoi-lai";
    dialog.setAttribute("aria-labelledby", "hoi-lai");
    inner.appendChild(title);
    if (detail) { const p = doc.createElement("p"); p.textContent = detail; inner.appendChild(p); }
    const row = doc.createElement("div");
    row.className = "btns";
    const ok = doc.createElement("button");
    ok.className = "btn go big";
    ok.textContent = yes;
    const no = doc.createElement("button");
    no.className = "btn big";
    no.textContent = doc.documentElement.lang === "en" ? "Cancel" : "Thôi";
    no.value = "no";
    row.append(ok, no);
    inner.appendChild(row);
    dialog.appendChild(inner);
    ($("main") || doc.body).appendChild(dialog);
    return new Promise(function (resolve) {
      ok.addEventListener("click", function () { dialog.close("yes"); });
      no.addEventListener("click", function () { dialog.close("no"); });
      dialog.addEventListener("close", function () { dialog.remove(); resolve(dialog.returnValue === "yes"); });
      dialog.showModal();
      no.focus();
    });
  }
  doc.addEventListener("submit", function (event) {
    const form = event.target;
    const button = event.submitter;
    const asks = (button && button.dataset.confirm) ? button : form.dataset.confirm ? form : null;
    if (asks && !form.dataset.sure) {
      event.preventDefault();
      event.stopImmediatePropagation();
      ask(asks.dataset.confirm, asks.dataset.confirmDetail || "", asks.dataset.confirmYes || (button ? button.textContent.trim() : "OK")).then(function (yes) {
        if (!yes) return;
        form.dataset.sure = "1";
        form.requestSubmit(button || undefined);
        setTimeout(function () { delete form.dataset.sure; }, 500);
      });
      return;
    }
    form.dataset.sent = "1";
    /* a second tap must not send twice; forms that download keep their button */
    if (button && form.method === "post" && !form.hasAttribute("hx-post") && !("download" in button.dataset)) {
      setTimeout(function () { button.classList.add("wait-on"); button.setAttribute("aria-busy", "true"); }, 0);
      setTimeout(function () { button.classList.remove("wait-on"); button.removeAttribute("aria-busy"); }, 8000);
    }
  }, true);
  window.addEventListener("pageshow", function () {
    all(".wait-on").forEach(function (b) { b.classList.remove("wait-on"); b.removeAttribute("aria-busy"); });
  });

  /* autosave: <form data-autosave="url" data-autosave-every="4000">; words appear in [data-autosave-status] */
  function autosave(form) {
    const wait = Number(form.dataset.autosaveEvery || 4000);
    const places = all("[data-autosave-status]");
    let timer = 0, dirty = false, busy = false;
    function show(kind, text) {
      places.forEach(function (place) {
        place.classList.remove("busy", "failed", "offline");
        if (kind) place.classList.add(kind);
        const label = $("[data-text]", place) || place;
        label.textContent = text;
      });
    }
    function save() {
      if (busy || !dirty) return;
      busy = true; dirty = false;
      show("busy", words.saving);
      fetch(form.dataset.autosave, {
        method: "POST", body: new FormData(form), credentials: "same-origin",
        headers: { "X-CSRFToken": csrf(), "X-Requested-With": "XMLHttpRequest", "Accept": "application/json" }
      }).then(function (answer) {
        return answer.json().catch(function () { return {}; }).then(function (body) {
          if (!answer.ok) throw new Error(body.message || "");
          const at = body.saved_at || new Date().toLocaleTimeString("vi-VN", { hour: "2-digit", minute: "2-digit" });
          show("", words.saved.replace("%s", at));
          form.dispatchEvent(new CustomEvent("loa:saved", { bubbles: true, detail: body }));
          if (body.revision && form.elements.revision) form.elements.revision.value = body.revision;
        });
      }).catch(function (error) {
        dirty = true;
        show("failed", error.message || words.failed);
        timer = setTimeout(save, 15000);
      }).then(function () { busy = false; if (dirty && !timer) timer = setTimeout(save, wait); });
    }
    form.addEventListener("input", function () { dirty = true; clearTimeout(timer); timer = setTimeout(function () { timer = 0; save(); }, wait); });
    form.addEventListener("change", function () { dirty = true; clearTimeout(timer); timer = setTimeout(function () { timer = 0; save(); }, 400); });
    window.addEventListener("online", save);
    window.addEventListener("beforeunload", function (event) { if (dirty && !form.dataset.sent) { event.preventDefault(); event.returnValue = words.leave; } });
  }

  /* file drop: <label class="drop" data-drop><input type="file"> … <span class="names"></span></label> */
  function drop(box) {
    const input = $("input[type=file]", box), names = $(".names", box);
    if (!input) return;
    /* The label is the button: the browser's own says "No file chosen" in the browser's language. */
    box.classList.add("live");
    const show = function () { if (names) names.textContent = Array.from(input.files).map(function (f) { return f.name; }).join(", "); };
    ["dragenter", "dragover"].forEach(function (kind) { box.addEventListener(kind, function (e) { e.preventDefault(); box.classList.add("over"); }); });
    ["dragleave", "drop"].forEach(function (kind) { box.addEventListener(kind, function () { box.classList.remove("over"); }); });
    box.addEventListener("drop", function (e) {
      e.preventDefault();
      input.files = e.dataTransfer.files;
      input.dispatchEvent(new Event("change", { bubbles: true }));
    });
    input.addEventListener("change", show);
  }

  /* count words or letters: <textarea data-count="id of place" data-count-unit="words|letters" data-count-max="15"> */
  function counter(field) {
    const place = doc.getElementById(field.dataset.count);
    if (!place) return;
    const letters = field.dataset.countUnit === "letters", max = field.dataset.countMax;
    const unit = letters ? "ký tự" : "chữ";
    const show = function () {
      const text = field.value.trim();
      const n = letters ? text.length : text ? text.split(/\s+/).length : 0;
      place.textContent = n + (max ? "/" + max : "") + " " + unit;
      place.classList.toggle("t-wait", Boolean(max) && n > Number(max));
    };
    field.addEventListener("input", show);
    show();
  }

  /* <textarea data-keep="name">: what was typed survives another button of the page, in this tab only. A draft
     kept by the server is a few seconds older: what goes on from it wins, a canned answer that was chosen does not lose. */
  function keep(field) {
    const key = "loa-keep:" + field.dataset.keep;
    const store = function (text) {
      try { if (text.trim()) sessionStorage.setItem(key, text); else sessionStorage.removeItem(key); } catch (error) { /* full or forbidden */ }
    };
    let kept = "";
    try { kept = sessionStorage.getItem(key) || ""; } catch (error) { /* same */ }
    if (kept !== field.value && kept.startsWith(field.value)) { field.value = kept; field.dispatchEvent(new Event("input", { bubbles: true })); }
    field.addEventListener("input", function () { store(field.value); });
    if (field.form) field.form.addEventListener("submit", function () { store(""); });
  }

  function ready(root) {
    all("[data-dismiss][hidden]", root).forEach(function (b) { b.hidden = false; });
    all("form[data-autosave]", root).forEach(function (f) { if (!f.loaAutosave) { f.loaAutosave = true; autosave(f); } });
    all("[data-drop]", root).forEach(function (d) { if (!d.loaDrop) { d.loaDrop = true; drop(d); } });
    all("[data-keep]", root).forEach(function (f) { if (!f.loaKeep) { f.loaKeep = true; keep(f); } });
    all("[data-count]", root).forEach(function (c) { if (!c.loaCount) { c.loaCount = true; counter(c); } });
    all("dialog[data-show]", root).forEach(function (d) { if (!d.open && d.showModal) d.showModal(); });
    /* selects and checks that send their form at once */
    all("[data-submit-on-change]", root).forEach(function (c) {
      if (!c.loaSubmit) { c.loaSubmit = true; c.addEventListener("change", function () { c.form.requestSubmit(); }); }
    });
    /* data-needs="name": the button wakes when one box of that name is ticked */
    all("[data-needs]", root).forEach(function (button) {
      const boxes = all('input[name="' + button.dataset.needs + '"]');
      const show = function () { button.disabled = !boxes.some(function (b) { return b.checked; }); };
      boxes.forEach(function (b) { b.addEventListener("change", show); });
      show();
    });
  }
  doc.addEventListener("DOMContentLoaded", function () {
    ready(doc);
    const summary = $(".summary-err");
    if (summary) summary.focus();
  });
  doc.addEventListener("htmx:load", function (event) { ready(event.detail.elt); });
  doc.addEventListener("htmx:configRequest", function (event) { event.detail.headers["X-CSRFToken"] = csrf(); });
  /* a link of the error summary puts the cursor into its field */
  doc.addEventListener("click", function (event) {
    const link = event.target.closest(".summary-err a[href^='#']");
    if (!link) return;
    const field = doc.getElementById(link.hash.slice(1));
    if (!field) return;
    event.preventDefault();
    const input = /^(INPUT|SELECT|TEXTAREA)$/.test(field.tagName) ? field : $("input,select,textarea", field) || field;
    input.focus();
    input.scrollIntoView({ block: "center" });
  });
  window.loa = { csrf: csrf, say: say, ask: ask };
})();
