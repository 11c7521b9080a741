// Reading aids of public pages. Every page works without it; what needs it stays hidden until it runs.
(() => {
  "use strict";
  const article = document.querySelector(".art");
  if (!article) return;
  const say = document.querySelector("[data-noi]");

  // Text size, remembered on this device only.
  const sizes = document.querySelector("[data-co-chu]");
  const apply = (size) => {
    article.classList.remove("nho", "lon");
    if (size) article.classList.add(size);
    for (const button of sizes.querySelectorAll("[data-co]")) {
      button.setAttribute("aria-pressed", String(button.dataset.co === size));
    }
  };
  if (sizes) {
    sizes.hidden = false;
    let kept = "";
    try { kept = localStorage.getItem("co-chu") || ""; } catch { /* storage may be off */ }
    apply(["nho", "lon"].includes(kept) ? kept : "");
    sizes.addEventListener("click", (event) => {
      const button = event.target.closest("[data-co]");
      if (!button) return;
      apply(button.dataset.co);
      try { localStorage.setItem("co-chu", button.dataset.co); } catch { /* then only for this page */ }
    });
  }

  const print = document.querySelector("[data-in]");
  if (print) {
    print.hidden = false;
    print.addEventListener("click", () => window.print());
  }

  const copy = document.querySelector("[data-chep]");
  if (copy && navigator.clipboard) {
    copy.hidden = false;
    const words = copy.querySelector("span");
    const before = words.textContent;
    copy.addEventListener("click", async () => {
      try {
        await navigator.clipboard.writeText(copy.dataset.chep);
        words.textContent = copy.dataset.daChep;
        if (say) say.textContent = copy.dataset.daChepDai;
        setTimeout(() => { words.textContent = before; }, 2500);
      } catch { window.prompt(before, copy.dataset.chep); }
    });
  }

  const share = document.querySelector("[data-chia-se]");
  if (share && navigator.share) {
    share.hidden = false;
    share.addEventListener("click", () => {
      navigator.share({ title: document.title, url: share.dataset.chiaSe }).catch(() => {});
    });
  }
})();
