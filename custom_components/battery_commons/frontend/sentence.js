/** A slot in words: for the ear, for the readout below the drawing, and for the table. Pure. */
import { actOf } from "./plan.js";

/** Return what the battery does in a slot. */
export function actWords(slot, word, format) {
  return word(`act_${actOf(slot)}`, { power: format.power(Math.abs(slot.chargeW ?? 0)) });
}

/** Return a transformer's load, and what part of its limit that is. */
export function loadWords(slot, word, format) {
  if (slot.loadW === undefined) return undefined;
  const power = format.power(Math.abs(slot.loadW));
  const load = slot.loadW < 0 ? word("feeds_in", { load: power }) : power;
  if (!slot.limitW) return load;
  return word("say_of_limit", { load, share: format.percent((100 * Math.abs(slot.loadW)) / slot.limitW) });
}

/** Return when a slot is. */
export const timeWords = (slot, word, format) =>
  word("from_to", { from: format.time(slot.start), to: format.time(slot.end) });

/** Return a slot in words; `tracks` says which figures the plan has at all. */
export function slotWords(slot, tracks, word, format) {
  const unknown = word("unknown");
  const figures = [];
  if (tracks.soc) {
    figures.push(word("say_soc", { soc: slot.stateOfCharge === undefined ? unknown : format.percent(slot.stateOfCharge) }));
  }
  if (tracks.price) {
    figures.push(word("say_price", { price: slot.price === undefined ? unknown : format.price(slot.price) }));
  }
  if (tracks.load) figures.push(word("say_load", { load: loadWords(slot, word, format) ?? unknown }));
  const said = [`${timeWords(slot, word, format)}: ${whyWords(slot, word, format)}`];
  if (figures.length) said.push(capital(`${figures.join(", ")}.`));
  return said.join(" ");
}

/** Return what the battery does in a slot and why, as far as the village says why. */
export const whyWords = (slot, word, format) => slot.explanation || `${capital(actWords(slot, word, format))}.`;

const capital = (text) => text.charAt(0).toUpperCase() + text.slice(1);

/** Return when a code is, seen from now. */
export function codeWords(code, now, word, format) {
  const from = format.time(code.start);
  const to = format.time(code.end);
  if (code.start <= now) return word("code_now", { to });
  const date = format.date(code.start);
  const days = { [format.date(now)]: word("today"), [format.date(now + 86_400_000)]: word("tomorrow") };
  return word("code_when", { day: days[date] ?? format.day(code.start), from, to });
}
