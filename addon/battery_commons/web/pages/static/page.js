// Keeps the page up to date: fetches the live part every few seconds, but not while nobody looks.
const live = document.getElementById("live");
const lost = document.getElementById("lost");
const { source, everyS = 4 } = live.dataset; // Without a source, the live part is the main one of this very page.
const EVERY_MS = 1000 * everyS;
const GIVEN_UP_MS = 5000;
const REACHED_BY_KEYBOARD = "a[href], button, summary, input, select, textarea, [tabindex]";
let asking = false; // One at a time: an older answer must not replace a newer one.

async function refresh() {
  if (document.hidden || asking || live.contains(document.activeElement?.closest("input, select, textarea"))) return;
  asking = true;
  try {
    const answer = await fetch(source ?? location.href, { cache: "no-store", signal: AbortSignal.timeout(GIVEN_UP_MS) });
    if (answer.status === 401 || answer.redirected) return location.reload(); // Signed out meanwhile: leads to where one signs in.
    if (!answer.ok) throw new Error(`status ${answer.status}`);
    show(new DOMParser().parseFromString(await answer.text(), "text/html"));
    lost.hidden = true;
  } catch {
    lost.hidden = false; // The volunteer must know that what is shown no longer moves.
  } finally {
    asking = false;
  }
}

// Puts new content in place; whoever goes through the page by keyboard, or opened a part of it, keeps their place.
function show(answer) {
  const next = source ? answer.body : answer.querySelector("main");
  if (!source && !next.matches("#live")) clearInterval(timer); // What went on is over.
  if (live.innerHTML === next.innerHTML) return;
  const scrolled = window.scrollY;
  const former = reached();
  const held = former.indexOf(document.activeElement);
  const heldName = held < 0 ? null : nameOf(former[held]);
  const opened = former.filter((each) => each.closest("details[open]") && each.matches("summary")).map(nameOf);
  live.innerHTML = next.innerHTML;
  const now = reached();
  for (const each of now.filter((each) => each.matches("summary") && opened.includes(nameOf(each)))) {
    each.parentElement.open = true;
  }
  if (held >= 0) {
    const same = now[held] && nameOf(now[held]) === heldName ? now[held] : now.find((each) => nameOf(each) === heldName);
    same?.focus({ preventScroll: true });
  }
  window.scrollTo(window.scrollX, scrolled);
}

function reached() {
  return [...live.querySelectorAll(REACHED_BY_KEYBOARD)];
}

function nameOf(element) {
  const address = element.getAttribute("href")?.split("?")[0]; // The live part's links name the language.
  return address ?? element.getAttribute("name") ?? element.textContent.trim();
}

const timer = setInterval(refresh, EVERY_MS);
document.addEventListener("visibilitychange", refresh);
