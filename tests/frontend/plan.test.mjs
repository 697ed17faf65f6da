/** What the card makes of the plan's attributes, on whatever clock. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { formats } from "../../custom_components/battery_commons/frontend/format.js";
import { actOf, overLimit, readCodes, readSlots, runs } from "../../custom_components/battery_commons/frontend/plan.js";
import { roundUp, scale, timeMarks } from "../../custom_components/battery_commons/frontend/scale.js";
import { slotWords } from "../../custom_components/battery_commons/frontend/sentence.js";
import { LANGUAGES, words } from "../../custom_components/battery_commons/frontend/words.js";
import { CODES, home, NOW, sunnyDay } from "./home.mjs";

const QUARTER = 900_000;
const HOUR = 3_600_000;
const state = (slots) => ({ state: "0", attributes: { slots } });
const slot = (changes = {}) => ({ ...sunnyDay()[0], ...changes });

test("a slot that is over is not shown, also when the sensor still lists it", () => {
  const slots = sunnyDay(NOW - HOUR, 8);
  assert.equal(readSlots(state(slots), NOW).length, 4);
  assert.equal(readSlots(state(slots), NOW + QUARTER - 1).length, 4);
  assert.equal(readSlots(state(slots), NOW + QUARTER).length, 3);
});

test("discharging is positive in Home Assistant and goes down in the drawing", () => {
  const [discharging] = readSlots(state([slot({ power_w: 1500 })]), NOW);
  assert.equal(discharging.chargeW, -1500);
  assert.equal(actOf(discharging), "discharge");
});

test("no power is the own house's, and zero is standing still", () => {
  assert.equal(actOf(readSlots(state([slot({ power_w: null })]), NOW)[0]), "own_house");
  assert.equal(actOf(readSlots(state([slot({ power_w: 0 })]), NOW)[0]), "still");
});

test("what is no figure is unknown, and never zero", () => {
  const [read] = readSlots(
    state([slot({ state_of_charge: 1e9, price_per_kwh: null, transformer_load_w: "12", transformer_limit_w: NaN })]),
    NOW,
  );
  for (const key of ["stateOfCharge", "price", "loadW", "limitW"]) assert.equal(read[key], undefined, key);
});

test("what is no plan at all is shown as none", () => {
  for (const slots of [undefined, null, "no", 7, [null], [{}], [slot({ start: "then" })], [slot({ end: slot().start })], [slot({ power_w: "2" })]]) {
    assert.deepEqual(readSlots(state(slots), NOW), [], JSON.stringify(slots));
  }
  assert.deepEqual(readSlots(undefined, NOW), []);
});

test("slots come in their order, and one that overlaps another is left out", () => {
  const [first, second] = sunnyDay(NOW, 2);
  const read = readSlots(state([second, first, { ...first, power_w: 1 }]), NOW);
  assert.deepEqual(read.map((each) => each.start), [Date.parse(first.start), Date.parse(second.start)]);
});

test("a gap in what is known ends a line", () => {
  const slots = readSlots(state(sunnyDay(NOW, 8).map((each, index) => (index === 3 ? { ...each, price_per_kwh: null } : each))), NOW);
  assert.deepEqual(runs(slots, (each) => each.price !== undefined).map((run) => run.length), [3, 4]);
  const torn = [...slots.slice(0, 2), ...slots.slice(5)];
  assert.deepEqual(runs(torn, () => true).map((run) => run.length), [2, 3]);
});

test("a transformer is over its limit by feeding in as well as by demand, and never over an unknown one", () => {
  assert.ok(overLimit({ loadW: 201, limitW: 200 }));
  assert.ok(overLimit({ loadW: -201, limitW: 200 }));
  assert.ok(!overLimit({ loadW: 200, limitW: 200 }));
  assert.ok(!overLimit({ loadW: 201, limitW: undefined }));
});

test("codes that are over or make no sense are left out", () => {
  const read = readCodes({ attributes: { codes: [...CODES, { ...CODES[0], id: "" }, { ...CODES[0], code: "blue" }, null] } }, NOW);
  assert.deepEqual(read.map((code) => [code.id, code.joins]), [["red-1", undefined], ["green-1", true]]);
  assert.deepEqual(readCodes({ attributes: { codes: CODES } }, Date.parse(CODES[1].end)), []);
});

for (const [name, start, count, missing, twice] of [
  ["spring, a day of 92 slots", "2026-03-28T23:00:00Z", 92, 2, undefined],
  ["autumn, a day of 100 slots", "2026-10-24T22:00:00Z", 100, undefined, 2],
]) {
  test(`the hours below the drawing are those of the clock on the wall: ${name}`, () => {
    const format = formats(home());
    const from = Date.parse(start);
    const marks = timeMarks(from, from + count * QUARTER, 1_500, format.localTime);
    const hours = marks.map(({ moment }) => format.localTime(moment).hour);
    assert.equal(marks.filter(({ isMidnight }) => isMidnight).length, 2);
    assert.equal(hours.length, count / 4 + 1);
    if (missing !== undefined) assert.ok(!hours.includes(missing));
    if (twice !== undefined) assert.equal(hours.filter((hour) => hour === twice).length, 2);
  });
}

test("marks never come closer than they can be read, at any width and length", () => {
  const format = formats(home({ timeZone: "Asia/Kathmandu" }));
  for (const width of [250, 340, 600, 1200]) {
    for (const hours of [0.4, 1, 6, 23, 36, 100]) {
      const place = scale(NOW, NOW + hours * HOUR, 0, width);
      const marks = timeMarks(NOW, NOW + hours * HOUR, width, format.localTime).map(({ moment }) => place(moment));
      marks.slice(1).forEach((mark, index) => assert.ok(mark - marks[index] >= 43.9 || hours > 48, `${width} ${hours}`));
    }
  }
});

test("a scale's end is a round number that holds what is drawn", () => {
  assert.deepEqual([500, 2_600, 5_000, 9_999, 0].map(roundUp), [500, 3_000, 5_000, 10_000, 1]);
});

test("a slot is told in words, with the figures that the plan has", () => {
  const [read] = readSlots(state([slot({ power_w: -2000, explanation: "", state_of_charge: 54, price_per_kwh: 0.08, transformer_load_w: -180_000 })]), NOW);
  const all = { soc: true, price: true, load: true };
  const hass = home({ language: "nl" });
  assert.equal(
    slotWords(read, all, words(hass), formats(hass)),
    "14:00 tot 14:15: Laadt met 2,0 kW. Laadtoestand 54 %, prijs € 0,08 per kWh, transformator 180 kW terug, 90 % van zijn grens.".replace("€ ", "€\u00a0"),
  );
  assert.equal(
    slotWords({ ...read, price: undefined, explanation: "Because." }, { ...all, load: false }, words(home()), formats(home())).replaceAll("\u202f", " "),
    "2:00 PM to 2:15 PM: Because. State of charge 54 %, price unknown per kWh.",
  );
});

test("times and numbers follow what the resident has set, in the home's time zone", () => {
  const hass = home();
  hass.locale = { language: "en", number_format: "decimal_comma", time_format: "24" };
  hass.config.time_zone = "Asia/Tokyo";
  const format = formats(hass);
  assert.equal(format.time(NOW), "21:07");
  assert.equal(format.power(-2_345), "-2,3 kW");
  assert.equal(format.power(180), "180 W");
});

test("both languages say everything, fill in the same, and nothing else", () => {
  const filled = (text) => [...text.matchAll(/\{(\w+)\}/g)].map(([, name]) => name).sort();
  assert.deepEqual(Object.keys(LANGUAGES.en).sort(), Object.keys(LANGUAGES.nl).sort());
  for (const key of Object.keys(LANGUAGES.en)) {
    assert.deepEqual(filled(LANGUAGES.en[key]), filled(LANGUAGES.nl[key]), key);
    assert.ok(LANGUAGES.nl[key].trim(), key);
  }
  assert.equal(words({ locale: { language: "nl-BE" } })("pause"), "Pauzeren");
  assert.equal(words({ language: "fr" })("pause"), "Pause");
});
