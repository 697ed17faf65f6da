/** What the plan's and the signal's attributes hold, held against nonsense. Pure. Times are milliseconds. */

const MAX_SLOTS = 400;
const DAY = 86_400_000;

const finite = (value) => (typeof value === "number" && Number.isFinite(value) ? value : undefined);
const words = (value) => (typeof value === "string" ? value : "");

function within(value, low, high) {
  const number = finite(value);
  return number !== undefined && number >= low && number <= high ? number : undefined;
}

function span(entry) {
  const start = Date.parse(entry?.start);
  const end = Date.parse(entry?.end);
  return Number.isFinite(start) && end > start && end - start <= DAY ? { start, end } : undefined;
}

/**
 * Return the slots of a plan sensor's state that are not over, in their order.
 *
 * `chargeW` is positive while charging and undefined where the battery is left to its own house; of everything
 * else undefined means that nobody knows it.
 */
export function readSlots(state, now) {
  const listed = state?.attributes?.slots;
  if (!Array.isArray(listed)) return [];
  return listed
    .slice(0, MAX_SLOTS)
    .flatMap((slot) => {
      const when = span(slot);
      if (!when || when.end <= now) return [];
      const dischargeW = finite(slot.power_w);
      if (slot.power_w !== null && dischargeW === undefined) return [];
      return {
        ...when,
        chargeW: dischargeW === undefined ? undefined : 0 - dischargeW,
        reason: words(slot.reason),
        explanation: words(slot.explanation),
        stateOfCharge: within(slot.state_of_charge, 0, 100),
        price: finite(slot.price_per_kwh),
        loadW: finite(slot.transformer_load_w),
        limitW: within(slot.transformer_limit_w, 0, Infinity),
      };
    })
    .sort((one, other) => one.start - other.start)
    .filter((slot, index, all) => index === 0 || slot.start >= all[index - 1].end);
}

/** Return the code red and green windows that are not over, in their order. */
export function readCodes(state, now) {
  const listed = state?.attributes?.codes;
  if (!Array.isArray(listed)) return [];
  return listed
    .flatMap((code) => {
      const start = Date.parse(code?.start);
      const end = Date.parse(code?.end);
      if (!(end > start) || end <= now || !["red", "green"].includes(code.code) || !code.id) return [];
      const joins = typeof code.joins === "boolean" ? code.joins : undefined;
      return { id: String(code.id), code: code.code, start, end, reason: words(code.reason), joins };
    })
    .sort((one, other) => one.start - other.start);
}

/** Return what a battery does in a slot: "charge", "discharge", "still" or "own_house". */
export function actOf(slot) {
  if (slot.chargeW === undefined) return "own_house";
  if (Math.abs(slot.chargeW) < 1) return "still";
  return slot.chargeW > 0 ? "charge" : "discharge";
}

/** Return whether the transformer carries more than it may in a slot, drawn or fed in. */
export function overLimit(slot) {
  return slot.loadW !== undefined && slot.limitW !== undefined && Math.abs(slot.loadW) > slot.limitW;
}

/** Return the slots that follow one another without a gap, as lists, where `known` holds for every one. */
export function runs(slots, known) {
  const found = [];
  let last;
  for (const slot of slots) {
    if (!known(slot)) {
      last = undefined;
    } else if (last && last.at(-1).end === slot.start) {
      last.push(slot);
    } else {
      last = [slot];
      found.push(last);
    }
  }
  return found;
}
