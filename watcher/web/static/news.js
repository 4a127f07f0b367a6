// Offers what happened since a page was drawn; nothing is shown before the reader asks. Works on no page by itself.
(() => {
  if (!window.EventSource) return;
  const MOST = 100;
  const PAUSE = 60000;
  let stream = null;
  let timer = 0;
  let at = null;
  const close = () => {
    clearTimeout(timer);
    if (stream) stream.close();
    stream = null;
  };
  const said = () => {
    const { many, one, gone } = at.news.dataset;
    const n = at.fresh.size;
    if (n > 1) return many.replace("{n}", n < MOST ? n : MOST + "+");
    return n ? one : at.gone ? gone : "";
  };
  const show = () => {
    const text = said();
    const link = at.news.querySelector("a") || document.createElement("a");
    link.href = at.news.dataset.page;
    if (link.textContent !== text) link.textContent = text;
    if (!text) link.remove();
    else if (!link.isConnected) at.news.append(link);
  };
  const hear = (message) => {
    at.place = message.lastEventId;
    const { id } = JSON.parse(message.data);
    if (message.type === "event") at.fresh.add(id);
    else if (!at.fresh.delete(id)) at.gone = true;
    if (at.fresh.size >= MOST) close();
    show();
  };
  // A browser has six connections to a site: only the page that is seen listens, and goes on where it left off.
  const open = () => {
    const news = document.querySelector("[data-news]");
    if (!news || document.hidden || stream) return;
    if (!at || at.news !== news) at = { news, place: news.dataset.after, fresh: new Set(), gone: false };
    if (at.fresh.size >= MOST) return;
    const address = new URL(news.dataset.news, location.href);
    address.searchParams.set("after", at.place);
    stream = new EventSource(address);
    stream.addEventListener("event", hear);
    stream.addEventListener("retracted", hear);
    stream.addEventListener("error", () => {
      if (!stream || stream.readyState !== EventSource.CLOSED) return;
      close();
      timer = setTimeout(open, PAUSE);
    });
  };
  const again = () => {
    close();
    open();
  };
  document.addEventListener("visibilitychange", () => (document.hidden ? close() : open()));
  document.addEventListener("vigilabel:shown", again);
  window.addEventListener("pagehide", close);
  window.addEventListener("pageshow", open);
  open();
})();
