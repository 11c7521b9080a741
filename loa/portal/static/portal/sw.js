// Shows notices of this site and opens what they lead to. Asks for nothing, keeps nothing, tells nobody.
self.addEventListener("push", (event) => {
  let told = {};
  try { told = event.data ? event.data.json() : {}; } catch { /* not ours */ }
  if (!told.title) return;
  event.waitUntil(self.registration.showNotification(told.title, {
    body: told.body || "", tag: told.tag || "loa", lang: "vi", data: { url: told.url || "/" },
  }));
});
self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  const url = event.notification.data.url;
  event.waitUntil(self.clients.matchAll({ type: "window" }).then((open) => {
    const there = open.find((page) => page.url === url);
    return there ? there.focus() : self.clients.openWindow(url);
  }));
});
