// The preview follows what is typed.
document.querySelectorAll("textarea[data-preview]").forEach((field) => {
  const text = document.querySelector(`#${field.dataset.preview} [data-preview-text]`);
  const show = () => { if (text) text.textContent = field.value; };
  field.addEventListener("input", show);
  show();
});
