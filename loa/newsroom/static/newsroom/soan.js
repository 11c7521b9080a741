/* Loa: the writing page. The browser itself edits (contenteditable): nothing stands between the keyboard and the
   text, so every Vietnamese typing method works. We add a toolbar, clean what is pasted, save while one writes,
   and keep what could not be saved on this machine. The server cleans again (loa/newsroom/body.py). */
(function () {
  "use strict";
  const doc = document;
  const $ = function (sel, root) { return (root || doc).querySelector(sel); };
  const all = function (sel, root) { return Array.from((root || doc).querySelectorAll(sel)); };
  const WORDS = {
    saving: "Đang lưu…",
    saved: "Đã lưu lúc %s",
    offline: "Mất mạng, bài đang giữ trên máy này",
    signedOut: "Phiên làm việc đã hết. Hãy đăng nhập ở thẻ khác; bài vẫn giữ trên máy này",
    uploading: "Đang tải ảnh %s…",
    retry: "Thử lại",
    lost: "Mạng đứt khi đang tải. Bài viết không bị ảnh hưởng.",
    photoSaving: "Đang lưu…",
    photoOk: "Đủ đồng ý và mô tả: ảnh được đăng.",
    dropQuote: "Bỏ trích",
    address: "Địa chỉ phải bắt đầu bằng https://"
  };
  const csrf = function () { return window.loa ? window.loa.csrf() : ""; };
  const say = function (text) { if (window.loa) window.loa.say(text); };
  const JSON_HEADERS = function () { return { "Accept": "application/json", "X-CSRFToken": csrf(), "X-Requested-With": "XMLHttpRequest" }; };

  /* — what is pasted, brought to the allowed set ——————————————————————————————————————————————— */
  const KEEP = { P: "p", H1: "h2", H2: "h2", H3: "h3", H4: "h3", H5: "h3", H6: "h3", UL: "ul", OL: "ol", LI: "li", BLOCKQUOTE: "blockquote", B: "b", STRONG: "b", I: "i", EM: "i", A: "a", BR: "br", HR: "hr" };
  const DROP = { SCRIPT: 1, STYLE: 1, META: 1, LINK: 1, TITLE: 1, XML: 1, "O:P": 1, TEMPLATE: 1, OBJECT: 1, IFRAME: 1, SVG: 1 };
  const BLOCKISH = { DIV: 1, SECTION: 1, ARTICLE: 1, TD: 1, TH: 1, TR: 1, PRE: 1, FIGCAPTION: 1 };

  function escape(text) {
    return text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;");
  }
  function cleanNode(node) {
    if (node.nodeType === 3) return escape(node.nodeValue.replace(/[\s\u00a0]+/g, " "));
    if (node.nodeType !== 1 || DROP[node.tagName]) return "";
    const inner = Array.from(node.childNodes).map(cleanNode).join("");
    let tag = KEEP[node.tagName];
    const style = node.getAttribute("style") || "";
    if (tag === "b" && /font-weight:\s*(normal|400)/.test(style)) tag = "";  /* Google Docs wraps all in such a <b> */
    if (node.tagName === "SPAN" && /font-weight:\s*(bold|[6-9]00)/.test(style)) tag = "b";
    if (tag === "br" || tag === "hr") return "<" + tag + ">";
    if (tag === "a") {
      const href = node.getAttribute("href") || "";
      return /^(https?:|mailto:|tel:)/i.test(href) ? '<a href="' + escape(href).replace(/"/g, "&quot;") + '">' + inner + "</a>" : inner;
    }
    if (tag) return "<" + tag + ">" + inner + "</" + tag + ">";
    return BLOCKISH[node.tagName] ? "<p>" + inner + "</p>" : inner;
  }
  function cleanHtml(html) {
    const parsed = new DOMParser().parseFromString(html, "text/html");
    const made = Array.from(parsed.body.childNodes).map(cleanNode).join("");
    return made
      .replace(/<p>\s*[·§•]\s*/g, "<p>– ")
      .replace(/<(p|li|h2|h3|b|i)>\s*<\/\1>/g, "")
      .replace(/<p>\s*(<(?:p|ul|ol|h2|h3|blockquote)>)/g, "$1")
      .replace(/(<\/(?:p|ul|ol|h2|h3|blockquote)>)\s*<\/p>/g, "$1");
  }
  function fromText(text) {
    return text.replace(/\r\n?/g, "\n").split(/\n\s*\n/).map(function (part) {
      return "<p>" + escape(part.trim()).replace(/\n/g, "<br>") + "</p>";
    }).filter(function (p) { return p !== "<p></p>"; }).join("");
  }

  /* — the editor ——————————————————————————————————————————————————————————————————————————— */
  function editor(box) {
    const rich = $("[data-rich]", box), marks = $("[data-marks]", box), tools = $("[data-tools]", box);
    const linkbox = $("[data-linkbox]", box), url = $("[data-link-url]", box);
    const hidden = doc.createElement("input");
    hidden.type = "hidden"; hidden.name = "body";
    box.appendChild(hidden);
    marks.removeAttribute("name"); marks.hidden = true;
    rich.hidden = false; tools.hidden = false;
    rich.contentEditable = "true";
    rich.setAttribute("role", "textbox");
    rich.setAttribute("aria-multiline", "true");
    rich.setAttribute("aria-labelledby", "nd");
    rich.spellcheck = false;
    const run = function (command, value) { return doc.execCommand(command, false, value); };
    run("defaultParagraphSeparator", "p"); run("styleWithCSS", false);
    const tidy = function () { if (!rich.textContent.trim() && !$("li,hr", rich)) rich.innerHTML = "<p><br></p>"; };
    if (!rich.innerHTML.trim()) tidy();
    const take = function () { hidden.value = rich.textContent.trim() || $("hr", rich) ? rich.innerHTML : ""; };
    take();

    let saved = null;
    const inside = function () {
      const sel = window.getSelection();
      return sel.rangeCount && rich.contains(sel.anchorNode) ? sel : null;
    };
    const holder = function (names) {
      const sel = inside();
      let node = sel && sel.anchorNode;
      while (node && node !== rich) {
        if (node.nodeType === 1 && names.indexOf(node.tagName) >= 0) return node;
        node = node.parentNode;
      }
      return null;
    };
    const block = function (tag) { run("formatBlock", holder([tag.toUpperCase()]) ? "p" : tag); };
    function showState() {
      if (!inside()) return;
      const on = {
        bold: doc.queryCommandState("bold"), italic: doc.queryCommandState("italic"),
        ul: Boolean(holder(["UL"])), ol: Boolean(holder(["OL"])), h2: Boolean(holder(["H2", "H3"])), quote: Boolean(holder(["BLOCKQUOTE"]))
      };
      all("[aria-pressed]", tools).forEach(function (b) { b.setAttribute("aria-pressed", String(Boolean(on[b.dataset.do]))); });
    }
    doc.addEventListener("selectionchange", showState);

    const deeds = {
      bold: function () { run("bold"); }, italic: function () { run("italic"); }, undo: function () { run("undo"); },
      ul: function () { run("insertUnorderedList"); }, ol: function () { run("insertOrderedList"); },
      h2: function () { block("h2"); }, quote: function () { block("blockquote"); },
      link: function () {
        const sel = inside();
        saved = sel ? sel.getRangeAt(0).cloneRange() : null;
        const old = holder(["A"]);
        url.value = old ? old.getAttribute("href") : "";
        linkbox.hidden = !linkbox.hidden;
        if (!linkbox.hidden) url.focus();
      }
    };
    tools.addEventListener("mousedown", function (event) { if (event.target.closest("button")) event.preventDefault(); });
    tools.addEventListener("click", function (event) {
      const button = event.target.closest("[data-do]");
      if (!button) return;
      if (!inside()) rich.focus();
      deeds[button.dataset.do]();
      changed(); showState();
    });
    const restore = function () {
      rich.focus();
      if (saved) { const sel = window.getSelection(); sel.removeAllRanges(); sel.addRange(saved); }
    };
    const shut = function () { linkbox.hidden = true; changed(); };
    const putLink = function () {
      let address = url.value.trim();
      if (address && !/^[a-z]+:/i.test(address)) address = "https://" + address;
      if (!/^(https?:\/\/|mailto:|tel:)/i.test(address)) { say(WORDS.address); url.focus(); return; }
      restore();
      if (window.getSelection().isCollapsed && !holder(["A"])) run("insertHTML", '<a href="' + escape(address).replace(/"/g, "&quot;") + '">' + escape(address) + "</a>");
      else run("createLink", address);
      shut();
    };
    $("[data-link-ok]", linkbox).addEventListener("click", putLink);
    url.addEventListener("keydown", function (event) {
      if (event.key === "Enter") { event.preventDefault(); putLink(); }
      if (event.key === "Escape") { restore(); linkbox.hidden = true; }
    });
    $("[data-link-off]", linkbox).addEventListener("click", function () { restore(); run("unlink"); shut(); });

    rich.addEventListener("paste", function (event) {
      const data = event.clipboardData;
      if (!data) return;
      event.preventDefault();
      const html = data.getData("text/html");
      const made = html ? cleanHtml(html) : fromText(data.getData("text/plain"));
      const one = made.match(/^<p>((?:(?!<p>).)*)<\/p>$/);  /* one paragraph goes into the line where one stands */
      run("insertHTML", one ? one[1] : made);
      changed();
    });
    rich.addEventListener("drop", function (event) { if (event.dataTransfer && event.dataTransfer.files.length) event.preventDefault(); });
    function changed() { take(); hidden.dispatchEvent(new Event("input", { bubbles: true })); }
    rich.addEventListener("input", function (event) {
      if (!event.isComposing) tidyIfBare();
      changed();
    });
    /* a browser leaves bare text or a <div> where the first paragraph was deleted */
    function tidyIfBare() {
      if (!rich.firstChild) tidy();
      else if (rich.firstChild.nodeType === 3 && inside()) run("formatBlock", "p");
    }
    box.loaSet = function (html) { rich.innerHTML = cleanHtml(html) || "<p><br></p>"; take(); };
    return box;
  }

  /* — saving ——————————————————————————————————————————————————————————————————————————————— */
  let flush = function () { return Promise.resolve(); };
  let pending = function () { return false; };

  function saving(form) {
    const url = form.dataset.save, key = form.dataset.key, status = $("[data-save-status]");
    const EVERY = 3000, AGAIN = 15000;
    let timer = 0, dirty = false, busy = null, leaving = false, stopped = false, typed = 0;

    const show = function (kind, text) {
      if (!status) return;
      status.classList.remove("busy", "offline", "failed");
      if (kind) status.classList.add(kind);
      $("[data-text]", status).textContent = text;
    };
    const fields = function () {
      const found = {};
      new FormData(form).forEach(function (value, name) { if (name !== "csrfmiddlewaretoken" && typeof value === "string") found[name] = value; });
      return found;
    };
    const store = function () {
      try { localStorage.setItem(key, JSON.stringify({ at: Date.now(), fields: fields() })); } catch (error) { /* full or forbidden: the server is the first place anyway */ }
    };
    const forget = function () { try { localStorage.removeItem(key); } catch (error) { /* same */ } };

    function save() {
      clearTimeout(timer); timer = 0;
      if (busy) return busy.then(function () { return dirty ? save() : undefined; });
      if (!dirty || stopped || !url) return Promise.resolve();
      dirty = false;
      const mark = typed;
      show("busy", WORDS.saving);
      busy = fetch(url, { method: "POST", body: new FormData(form), credentials: "same-origin", headers: JSON_HEADERS(), redirect: "manual" })
        .then(function (answer) {
          if (answer.type === "opaqueredirect") throw { message: WORDS.signedOut, keep: true };
          return answer.json().catch(function () { return {}; }).then(function (body) {
            if (answer.status === 409 && body.conflict) {
              stopped = true; leaving = true;
              if (mark === typed) forget();
              window.location.assign(body.conflict);
              return;
            }
            if (!answer.ok) throw { message: body.message || WORDS.offline, keep: true };
            all("input[name=version]", form).concat(all("[data-version]")).forEach(function (input) { input.value = body.version; });
            if (mark === typed) forget(); else store();
            show("", WORDS.saved.replace("%s", body.saved_at));
            const checks = $("[data-checks]"), words = $("[data-words]");
            if (checks && body.checks) checks.innerHTML = body.checks;
            if (words) words.textContent = body.words;
            all("[data-when]").forEach(function (el) { el.hidden = (el.dataset.when === "blocked") !== body.blocked > 0; });
            all("[data-solid=blocked]").forEach(function (el) { el.classList.toggle("go", body.blocked > 0); });
          });
        })
        .catch(function (error) {
          dirty = true;
          store();
          show("offline", error && error.keep ? error.message : WORDS.offline);
          timer = setTimeout(save, AGAIN);
        })
        .then(function () { busy = null; });
      return busy;
    }
    function touched() {
      dirty = true; typed += 1;
      store();
      clearTimeout(timer);
      timer = setTimeout(save, EVERY);
    }
    form.addEventListener("input", touched);
    form.addEventListener("change", touched);
    window.addEventListener("online", save);
    const quick = function () {
      if (!dirty || busy || stopped || leaving || !url) return;
      store();
      fetch(url, { method: "POST", body: new FormData(form), credentials: "same-origin", headers: JSON_HEADERS(), keepalive: true, redirect: "manual" })
        .then(function (answer) { return answer.ok ? answer.json() : null; })
        .then(function (body) {
          if (!body) return;
          dirty = false;
          all("input[name=version]", form).concat(all("[data-version]")).forEach(function (input) { input.value = body.version; });
          forget();
        }).catch(function () { /* kept on this machine */ });
    };
    doc.addEventListener("visibilitychange", function () { if (doc.visibilityState === "hidden") quick(); });
    window.addEventListener("beforeunload", function (event) {
      if (dirty && !leaving && status && status.classList.contains("offline")) { event.preventDefault(); event.returnValue = ""; }
    });
    form.addEventListener("submit", function (event) {
      if (busy) {  /* the answer on its way brings the version this form must carry */
        event.preventDefault(); event.stopImmediatePropagation();
        const button = event.submitter;
        busy.then(function () { form.requestSubmit(button || undefined); });
        return;
      }
      clearTimeout(timer);
      store(); leaving = true; dirty = false;
    });
    flush = function () { return dirty || busy ? save().then(function () { if (dirty) throw new Error("unsaved"); }) : Promise.resolve(); };
    pending = function () { return dirty || Boolean(busy); };

    /* what an earlier visit could not send */
    const box = $("[data-restore]");
    let kept = null;
    try { kept = JSON.parse(localStorage.getItem(key) || "null"); } catch (error) { kept = null; }
    if (box && kept && kept.fields) {
      const now = fields();
      const plain = function (html) { const d = new DOMParser().parseFromString(html || "", "text/html"); return d.body.textContent.replace(/\s+/g, " ").trim(); };
      const same = ["title", "lead", "byline"].every(function (name) { return (kept.fields[name] || "") === (now[name] || ""); }) && plain(kept.fields.body) === plain(now.body);
      if (same) forget();
      else {
        $("[data-restore-at]", box).textContent = new Date(kept.at).toLocaleString("vi-VN", { hour: "2-digit", minute: "2-digit", day: "2-digit", month: "2-digit" });
        box.hidden = false;
        $("[data-restore-drop]", box).addEventListener("click", function () { forget(); box.hidden = true; });
        $("[data-restore-use]", box).addEventListener("click", function () {
          Object.keys(kept.fields).forEach(function (name) {
            const input = form.elements[name];
            if (name === "body") { const e = $("[data-editor]", form); if (e && e.loaSet) e.loaSet(kept.fields.body); }
            else if (input && input.type !== "checkbox" && "value" in input) input.value = kept.fields[name];
          });
          all("[data-grow]", form).forEach(grow);
          box.hidden = true;
          touched(); save();  /* based on the version it was written on: a newer one on the server makes it a conflict, shown side by side */
        });
      }
    }
  }

  /* — small things ————————————————————————————————————————————————————————————————————————— */
  function grow(field) {
    field.style.height = "auto";
    field.style.height = field.scrollHeight + 2 + "px";
  }
  function oneLine(field) {
    field.addEventListener("input", function (event) {
      if (!event.isComposing && field.value.indexOf("\n") >= 0) field.value = field.value.replace(/\s*\n\s*/g, " ");
    });
  }

  /* other forms and links of the page wait for the text to be saved */
  doc.addEventListener("submit", function (event) {
    const form = event.target;
    if (!form.matches("[data-flush]") || !pending()) return;
    event.preventDefault(); event.stopImmediatePropagation();
    const button = event.submitter;
    flush().then(function () { form.requestSubmit(button || undefined); }, function () { say(WORDS.offline); });
  }, true);
  doc.addEventListener("click", function (event) {
    const link = event.target.closest("a[data-save-first]");
    if (!link || !pending() || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    flush().then(function () { window.location.assign(link.href); }, function () { say(WORDS.offline); });
  });

  /* — photos ——————————————————————————————————————————————————————————————————————————————— */
  function photoForm(form) {
    const state = $("[data-photo-state]", form), text = $("[data-text]", state);
    let last = Promise.resolve();
    form.addEventListener("change", function () { last = last.then(send); });
    form.addEventListener("submit", function (event) { event.preventDefault(); last = last.then(send); });
    function send() {
      text.textContent = WORDS.photoSaving;
      return fetch(form.action, { method: "POST", body: new FormData(form), credentials: "same-origin", headers: JSON_HEADERS(), redirect: "manual" })
        .then(function (answer) { return answer.json().then(function (body) { return { ok: answer.ok, body: body }; }); })
        .then(function (got) {
          if (!got.ok) throw { message: got.body.message };
          form.elements.version.value = got.body.version;
          state.classList.toggle("ok", got.body.ok); state.classList.toggle("need", !got.body.ok);
          text.textContent = got.body.ok ? WORDS.photoOk : got.body.lacks;
        })
        .catch(function (error) { state.classList.remove("ok"); state.classList.add("need"); text.textContent = error.message || WORDS.offline; });
    }
  }
  function photoAdd(form) {
    const input = $("input[type=file]", form), list = $("[data-photo-list]"), log = $("[data-uploads]"), names = $(".names", form);
    let line = Promise.resolve();
    function put(file) {
      const row = doc.createElement("li");
      row.textContent = WORDS.uploading.replace("%s", file.name);
      log.appendChild(row);
      const data = new FormData();
      data.append("photo", file, file.name);
      return fetch(form.action, { method: "POST", body: data, credentials: "same-origin", headers: JSON_HEADERS(), redirect: "manual" })
        .then(function (answer) { return answer.json().catch(function () { return {}; }).then(function (body) { return { ok: answer.ok, body: body }; }); })
        .then(function (got) {
          if (!got.ok) throw { message: got.body.message };
          got.body.cards.forEach(function (html) {
            list.insertAdjacentHTML("beforeend", html);
            const card = list.lastElementChild;
            photoForm($("[data-photo-form]", card));
            if (window.htmx) window.htmx.process(card);
          });
          row.remove();
        })
        .catch(function (error) {
          row.className = "bad";
          row.textContent = error.message || WORDS.lost;
          const again = doc.createElement("button");
          again.type = "button"; again.className = "btn mid"; again.textContent = WORDS.retry;
          again.addEventListener("click", function () { row.remove(); put(file); });
          row.appendChild(again);
        });
    }
    input.addEventListener("change", function () {
      const files = Array.from(input.files);
      input.value = "";
      if (names) names.textContent = "";
      files.forEach(function (file) { line = line.then(function () { return put(file); }); });
    });
  }

  /* — remarks on some words ———————————————————————————————————————————————————————————————— */
  function remarks(form) {
    const shown = $("[data-quote]", form), hidden = form.elements.quote, text = form.elements.text;
    let last = "";
    doc.addEventListener("selectionchange", function () {
      const sel = window.getSelection();
      const node = sel.anchorNode && (sel.anchorNode.nodeType === 1 ? sel.anchorNode : sel.anchorNode.parentNode);
      if (!node || !node.closest("[data-rich],[data-article],.nr-diff")) return;
      last = sel.toString().replace(/\s+/g, " ").trim().slice(0, 400);
    });
    text.addEventListener("focus", function () {
      if (last.length < 4 || hidden.value) return;
      hidden.value = last; last = "";
      shown.textContent = hidden.value + " ";
      const drop = doc.createElement("button");
      drop.type = "button"; drop.className = "nr-linkbtn"; drop.textContent = WORDS.dropQuote;
      drop.addEventListener("click", function () { hidden.value = ""; shown.hidden = true; });
      shown.appendChild(drop);
      shown.hidden = false;
    });
  }
  doc.addEventListener("click", function (event) {
    const quote = event.target.closest("[data-jump]");
    const root = quote && $("[data-rich]:not([hidden]),[data-article],.nr-diff");
    if (!root) return;
    const wanted = quote.dataset.jump.slice(0, 60);
    const found = Array.from(root.children).find(function (el) { return el.textContent.replace(/\s+/g, " ").indexOf(wanted) >= 0; });
    if (!found) return;
    found.scrollIntoView({ block: "center" });
    found.classList.add("nr-flash");
    setTimeout(function () { found.classList.remove("nr-flash"); }, 2500);
  });

  doc.addEventListener("DOMContentLoaded", function () {
    all("[data-editor]").forEach(editor);
    all("[data-oneline]").forEach(oneLine);
    all("[data-grow]").forEach(function (field) { grow(field); field.addEventListener("input", function () { grow(field); }); });
    all("form[data-story-form]").forEach(saving);
    all("[data-photo-form]").forEach(photoForm);
    all("[data-photo-add]").forEach(photoAdd);
    all("[data-say]").forEach(remarks);
  });
})();
