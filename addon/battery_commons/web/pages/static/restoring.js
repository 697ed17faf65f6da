// Goes on to the list of backups once the coordinator, which is putting one back, has gone and come again.
const EVERY_MS = 1000;
const STOPS_WITHIN_MS = 10000;
const look = document.getElementById("look");
const since = Date.now();
let gone = false;

async function wait() {
  try {
    await fetch(look.href, { cache: "no-store", signal: AbortSignal.timeout(5000) });
    // It may have been away between two looks.
    if (gone || Date.now() - since > STOPS_WITHIN_MS) location.assign(look.href);
  } catch {
    gone = true;
  }
}

setInterval(wait, EVERY_MS);
