/* Keeps what is marked as live on a page of the desk up to date. The page works without it: there is a link to refresh. */
"use strict";
(() => {
  const every = 15000;
  const said = document.getElementById("refreshed");
  let etag = "";

  const busy = (part) => part.contains(document.activeElement) && document.activeElement !== document.body;

  const replace = (text) => {
    const fresh = new DOMParser().parseFromString(text, "text/html");
    let changed = false;
    let whole = true;
    for (const part of document.querySelectorAll("[data-live]")) {
      const now = part.id ? fresh.getElementById(part.id) : null;
      if (now === null || now.outerHTML === part.outerHTML) continue;
      if (busy(part)) {
        whole = false;
        continue;
      }
      part.replaceWith(document.adoptNode(now));
      changed = true;
    }
    if (changed && said !== null) said.textContent = said.dataset.words;
    return whole;
  };

  const look = async () => {
    const headers = { "X-Samsyn-Refresh": "1" };
    if (etag) headers["If-None-Match"] = etag;
    const answer = await fetch(location.href, { headers, cache: "no-store", credentials: "same-origin" });
    if (!answer.ok || answer.redirected) return;
    if (replace(await answer.text())) etag = answer.headers.get("ETag") || "";
  };

  const tick = () => {
    if (document.visibilityState === "visible") look().catch(() => {});
  };

  if (document.querySelector("[data-live]") === null) return;
  for (const link of document.querySelectorAll("[data-refresh]")) {
    link.addEventListener("click", (event) => {
      event.preventDefault();
      etag = "";
      look().catch(() => location.reload());
    });
  }
  setInterval(tick, every);
  document.addEventListener("visibilitychange", tick);
})();
