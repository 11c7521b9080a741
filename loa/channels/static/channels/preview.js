// The preview follows what is typed.
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
  field.addEventListener("input", show);
  show();
});
