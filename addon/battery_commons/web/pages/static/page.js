// Keeps the page up to date: fetches the live part every few seconds, but not while nobody looks.
const EVERY_MS = 4000;
const live = document.getElementById("live");
const lost = document.getElementById("lost");
let asking = false; // One at a time: an older answer must not replace a newer one.

async function refresh() {
  if (document.hidden || asking) return;
  asking = true;
  try {
    const answer = await fetch(live.dataset.source, { cache: "no-store", signal: AbortSignal.timeout(EVERY_MS) });
    if (answer.status === 401) return location.reload(); // Signed out meanwhile: leads to where one signs in.
    if (!answer.ok) throw new Error(`status ${answer.status}`);
    const html = await answer.text();
    const scrolled = window.scrollY;
    live.innerHTML = html;
    window.scrollTo(window.scrollX, scrolled);
    lost.hidden = true;
  } catch {
    lost.hidden = false; // The volunteer must know that what is shown no longer moves.
  } finally {
    asking = false;
  }
}

setInterval(refresh, EVERY_MS);
document.addEventListener("visibilitychange", refresh);
