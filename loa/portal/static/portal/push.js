// The button of the page of notices. Nothing is asked of the browser before somebody presses it.
(() => {
  "use strict";
  const box = document.querySelector("[data-push]");
  if (!box) return;
  const on = box.querySelector("[data-push-on]"), off = box.querySelector("[data-push-off]");
  const said = box.querySelector("[data-push-said]"), none = box.querySelector("[data-push-none]");
  const able = "serviceWorker" in navigator && "PushManager" in window && "Notification" in window;
  if (!able || !window.isSecureContext) return;
  none.hidden = true;
  const say = (text) => { said.textContent = text; };
  const show = (active) => { on.hidden = active; off.hidden = !active; };
  const raw = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));
  const send = async (url, subscription) => {
    const answer = await fetch(url, {
      method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(subscription),
    });
    const data = await answer.json().catch(() => ({}));
    if (!answer.ok) throw new Error(data.said || box.dataset.failed);
    return data.said;
  };
  const registered = () => navigator.serviceWorker.getRegistration(box.dataset.scope);
  const current = async () => {
    const found = await registered();
    return found ? found.pushManager.getSubscription() : null;
  };
  current().then((subscription) => show(Boolean(subscription)), () => show(false));
  on.addEventListener("click", async () => {
    on.disabled = true;
    try {
      if (await Notification.requestPermission() !== "granted") throw new Error(box.dataset.denied);
      const worker = await navigator.serviceWorker.register(box.dataset.worker, { scope: box.dataset.scope });
      const subscription = await worker.pushManager.subscribe({
        userVisibleOnly: true, applicationServerKey: raw(box.dataset.key),
      });
      say(await send(box.dataset.onUrl, subscription));
      show(true);
    } catch (error) {
      say(error.message || box.dataset.failed);
    }
    on.disabled = false;
  });
  off.addEventListener("click", async () => {
    off.disabled = true;
    try {
      const subscription = await current();
      if (subscription) {
        await subscription.unsubscribe();
        say(await send(box.dataset.offUrl, { endpoint: subscription.endpoint }));
      }
      show(false);
    } catch (error) {
      say(error.message || box.dataset.failed);
    }
    off.disabled = false;
  });
})();
