/** Votes on the members' page: a ballot is kept in this browser from before it is signed until it is counted. */
import { newBallot, unblinded } from "./ballot.js";

const STORED = "battery-commons-ballots";
const words = document.getElementById("words").dataset;

/** Ballots of this browser by `<home>/<vote>/<paper>`: { choice, number, blinded, inverse, signature?, cast? }. */
const keyOf = (vote, paper) => `${words.home}/${vote}/${paper}`;
const kept = {
  all: () => JSON.parse(localStorage.getItem(STORED) ?? "{}"),
  get: (key) => kept.all()[key],
  put: (key, ballot) => localStorage.setItem(STORED, JSON.stringify({ ...kept.all(), [key]: ballot })),
  drop(key) {
    const { [key]: _dropped, ...others } = kept.all();
    localStorage.setItem(STORED, JSON.stringify(others));
  },
};

class Refused extends Error {
  constructor({ error, message }) {
    super(message);
    this.code = error;
  }
}

async function send(url, body, credentials) {
  const answer = await fetch(url, {
    method: "POST",
    credentials,
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ version: 1, ...body }),
  });
  if (answer.status === 204) return null;
  const told = await answer.json();
  if (!answer.ok) throw new Refused(told);
  return told;
}

/** Have a kept ballot signed and cast it, from wherever it got stuck. */
async function finish(form, paper) {
  const { vote, modulus, sign, cast } = form.dataset;
  const key = keyOf(vote, paper);
  let ballot = kept.get(key);
  if (!ballot.signature) {
    const { blind_signature: blindSignature } = await send(sign, { paper, blinded: ballot.blinded }, "same-origin");
    const signature = await unblinded(vote, ballot, blindSignature, modulus).catch(({ message }) => {
      throw new Refused({ error: "not_signed", message });
    });
    ballot = { ...ballot, signature };
    kept.put(key, ballot);
  }
  try {
    const { choice, number, signature } = ballot;
    // Without the cookie: nothing is to say whose ballot it is.
    await send(cast, { choice, number, signature }, "omit");
  } catch (error) {
    if (error.code !== "already_cast") throw error;
  }
  const { choice, number, signature } = ballot;
  kept.put(key, { choice, number, signature, modulus, cast: true });
}

function isSigned(form, paper) {
  return form.dataset.signed.split(" ").includes(String(paper));
}

/** Return the paper to vote with: one that is neither signed elsewhere nor cast; undefined when all are. */
function openPaper(form) {
  return Array.from({ length: Number(form.dataset.papers) }, (_, paper) => paper).find((paper) => {
    const ballot = kept.get(keyOf(form.dataset.vote, paper));
    return ballot ? !ballot.cast : !isSigned(form, paper);
  });
}

function line(text, ...rest) {
  const paragraph = document.createElement("p");
  paragraph.append(text, ...rest);
  return paragraph;
}

function receipt(ballot) {
  const number = document.createElement("code");
  number.textContent = ballot.number;
  const copy = document.createElement("button");
  copy.type = "button";
  copy.className = "plain";
  copy.textContent = words.copy;
  copy.addEventListener("click", async () => {
    await navigator.clipboard.writeText(ballot.number);
    copy.textContent = words.copied;
  });
  return [number, copy];
}

async function showReceipts(place) {
  const { vote, over, ballots: url } = place.dataset;
  const own = Object.entries(kept.all()).filter(([key, { cast }]) => key.startsWith(keyOf(vote, "")) && cast);
  let published = null;
  if (over && own.length) {
    const answer = await fetch(url, { credentials: "same-origin" });
    if (answer.ok) published = await answer.json();
  }
  const lines = own.flatMap(([, ballot]) => {
    // The key too: a village that gave each home one of its own could tell their ballots apart.
    const counted = published?.key.n === ballot.modulus
      && published.ballots.some(({ number, choice }) => number === ballot.number && choice === ballot.choice);
    const says = published ? (counted ? words.counted : words.notCounted) : words.cast;
    const label = place.dataset[`label${ballot.choice.toUpperCase()}`];
    return [line(says.replace("{choice}", () => label)), line(words.receipt), ...receipt(ballot)];
  });
  const here = own.map(([key]) => key.split("/").at(-1));
  const signed = place.dataset.signed.split(" ").filter(Boolean);
  if (signed.some((paper) => !here.includes(paper) && !kept.get(keyOf(vote, paper)))) lines.push(line(words.elsewhere));
  place.replaceChildren(...lines);
}

function prepare(form) {
  const place = form.parentElement.querySelector(".receipts");
  const busy = form.querySelector("button");
  const say = (text, kind = "") => {
    const paragraph = line(text);
    paragraph.className = kind;
    place.replaceChildren(paragraph);
  };

  async function carryOn(paper) {
    busy.disabled = true;
    say(words.busy);
    try {
      await finish(form, paper);
      await settle();
    } catch (error) {
      if (error.code === "already_voted") {
        // Signed for this home elsewhere: this one can never be.
        kept.drop(keyOf(form.dataset.vote, paper));
        form.dataset.signed = `${form.dataset.signed} ${paper}`;
        place.dataset.signed = form.dataset.signed;
        await settle();
        return;
      }
      say(words[error.code] ?? words.failed, "wrong");
      busy.textContent = words.again;
      holdToKept();
    } finally {
      busy.disabled = false;
    }
  }

  async function settle() {
    form.hidden = openPaper(form) === undefined;
    form.reset();
    holdToKept();
    await showReceipts(place);
  }

  /** A ballot that may be signed already cannot say anything else any more. */
  function holdToKept() {
    const stuck = kept.get(keyOf(form.dataset.vote, openPaper(form)));
    form.querySelector("fieldset").disabled = Boolean(stuck);
    if (stuck) form.elements.choice.value = stuck.choice;
  }

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const choice = new FormData(form).get("choice");
    busy.disabled = true;
    // One tab at a time: two would each make a ballot for one paper, and lose the one that was signed.
    await navigator.locks.request(STORED, async () => {
      const paper = openPaper(form);
      if (paper === undefined) return settle();
      const key = keyOf(form.dataset.vote, paper);
      if (!kept.get(key)) kept.put(key, await newBallot(form.dataset.vote, choice, form.dataset.modulus));
      return carryOn(paper);
    });
  });

  if (!globalThis.isSecureContext) {
    say(words.noCrypto, "wrong");
    return;
  }
  settle();
  navigator.locks.request(STORED, () => {
    const stuck = openPaper(form);
    return stuck !== undefined && kept.get(keyOf(form.dataset.vote, stuck)) ? carryOn(stuck) : undefined;
  });
}

document.querySelectorAll("form.ballot").forEach(prepare);
document.querySelectorAll(".receipts").forEach((place) => {
  if (!place.parentElement.querySelector("form.ballot")) showReceipts(place);
});
