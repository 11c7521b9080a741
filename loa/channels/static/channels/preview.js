// Previews follow what is typed, and what else is chosen: photos, a film and its form.
const followWords = () =>
  document.querySelectorAll("textarea[data-preview]").forEach((field) => {
    const text = document.querySelector(`#${field.dataset.preview} [data-preview-text]`);
    const box = text && text.closest(".ch-sms");
    const show = () => {
      if (!text) return;
      // A message goes out without accents (the server folds it the same way, and keeps the link).
      const plain = (words) => words.normalize("NFD").replace(/\p{M}/gu, "").replace(/đ/g, "d").replace(/Đ/g, "D");
      text.textContent = "plain" in text.dataset ? plain(field.value) : field.value;
      if (!box) return;
      const long = text.textContent.length;
      box.querySelector("[data-preview-characters]").textContent = long;
      box.querySelector("[data-preview-parts]").textContent = long > 160 ? 2 : 1;
    };
    field.oninput = show;
    show();
  });
followWords();

// What is chosen changes pictures, films and what a channel refuses: the server draws that, as it will post it.
document.querySelectorAll("form[data-look]").forEach((form) => {
  const said = form.querySelector("[data-look-said]");
  const button = form.querySelector("[data-look-button]");
  if (button) button.hidden = true;
  let latest = 0;
  const look = async () => {
    const mine = (latest += 1);
    const asked = new FormData(form);
    asked.set("look", "1");
    const parts = form.querySelectorAll("[data-look-part]");
    parts.forEach((part) => part.setAttribute("aria-busy", "true"));
    try {
      const answer = await fetch(form.action, { method: "POST", body: asked, credentials: "same-origin", redirect: "error" });
      if (!answer.ok) throw new Error(answer.status);
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      if (mine !== latest) return;
      parts.forEach((part) => {
        const anew = page.getElementById(part.id);
        if (anew) part.replaceChildren(...anew.childNodes);
      });
      followWords();
      said.className = "vh";
      said.textContent = form.dataset.lookDone;
    } catch {
      if (mine !== latest) return;
      said.className = "ch-unfit";
      said.textContent = form.dataset.lookFailed;
      if (button) button.hidden = false;
    } finally {
      if (mine === latest) parts.forEach((part) => part.removeAttribute("aria-busy"));
    }
  };
  form.addEventListener("change", (event) => {
    if (["photo", "video", "form"].includes(event.target.name)) look();
  });
});
