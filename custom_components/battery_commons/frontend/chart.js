/** Draws a plan: one narrow drawing for each quantity, one below the other, on the same hours. */
import { actOf, overLimit, runs } from "./plan.js";
import { roundUp, scale, timeMarks } from "./scale.js";
import { loadWords, slotWords } from "./sentence.js";

const SVG = "http://www.w3.org/2000/svg";
const LEFT = 38;
const RIGHT = 6;
const STRIP = 18;
const TITLE = 28;
const AXIS = 20;
const HEIGHTS = { power: 76, soc: 48, price: 48, load: 64 };
const LETTER = 6.4;
/** About how wide a letter of the drawing is; to know whether a word fits. */

/** Return an element of a drawing. */
function draw(tag, attributes = {}, ...children) {
  const element = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== undefined) element.setAttribute(name, value);
  }
  element.append(...children);
  return element;
}

const round = (value) => Math.round(value * 10) / 10;

/** Return which quantities a plan tells at all; the battery's power always. */
export function tracksOf(slots) {
  return {
    power: true,
    soc: slots.some((slot) => slot.stateOfCharge !== undefined),
    price: slots.some((slot) => slot.price !== undefined),
    load: slots.some((slot) => slot.loadW !== undefined),
  };
}

function hatch(id, className, angle, gap = 6) {
  const attributes = { id, width: gap, height: gap, patternUnits: "userSpaceOnUse" };
  if (angle) attributes.patternTransform = `rotate(${angle})`;
  return draw("pattern", attributes, draw("rect", { width: gap / 2, height: gap, class: className }));
}

function patterns() {
  const dots = draw(
    "pattern",
    { id: "dots", width: 6, height: 6, patternUnits: "userSpaceOnUse" },
    draw("circle", { cx: 3, cy: 3, r: 1.1, class: "ink-own" }),
  );
  return draw(
    "defs",
    {},
    hatch("discharge", "ink-discharge", 45),
    hatch("over", "ink-over", -45, 5),
    hatch("red", "ink-red", 45, 10),
    hatch("green", "ink-green", -45, 10),
    dots,
  );
}

const upright = ({ top, bottom }) => ({ y: top, height: bottom - top });

/** The height of the drawing of a plan, and where each of its quantities stands. */
function layOut(tracks, hasCodes) {
  let top = hasCodes ? STRIP : 0;
  const places = {};
  for (const [name, height] of Object.entries(HEIGHTS)) {
    if (!tracks[name]) continue;
    places[name] = { title: top + 20, top: top + TITLE, bottom: top + TITLE + height };
    top += TITLE + height;
  }
  return { places, bottom: top, height: top + AXIS };
}

export class Chart {
  #slots;
  #format;
  #word;
  #x;
  #layout;
  #tracks;
  #panes;
  #paint;
  #cursor;
  #now;
  #values = {};
  #hits = [];
  #chosen = 0;

  /**
   * Draw `plan` = {slots, codes, stateOfCharge} as wide as `width`.
   *
   * `onChoose` is told the index of the slot that the resident points at or goes to, and whether by key.
   */
  constructor(plan, width, now, { word, format, onChoose }) {
    this.#slots = plan.slots;
    this.#word = word;
    this.#format = format;
    this.#tracks = tracksOf(plan.slots);
    const start = plan.slots[0].start;
    const end = plan.slots.at(-1).end;
    const codes = plan.codes.filter((code) => code.start < end && code.end > start);
    this.#layout = layOut(this.#tracks, codes.length > 0);
    this.#x = scale(start, end, LEFT, width - RIGHT);
    const { height } = this.#layout;
    // Who listens gets the slots in words; the drawing itself would be a heap of loose figures.
    this.#paint = draw("g", { "aria-hidden": "true" }, patterns());
    this.element = draw("svg", { width, height, viewBox: `0 0 ${width} ${height}` }, this.#paint);
    this.#panes = Object.values(this.#layout.places);
    this.#drawCodes(codes, start, end);
    this.#drawHours(start, end, width);
    this.#drawPower(width);
    if (this.#tracks.soc) this.#drawStateOfCharge(width, plan.stateOfCharge, now);
    if (this.#tracks.price) this.#drawPrice(width);
    if (this.#tracks.load) this.#drawLoad(width);
    this.#cursor = draw("g", { class: "cursor" }, ...this.#panes.map((pane) => draw("rect", upright(pane))));
    this.#now = draw("g", { class: "now" });
    this.#paint.append(this.#cursor, this.#now);
    this.#listen(onChoose);
    this.moveNow(now);
  }

  get #top() {
    return this.#panes[0].top;
  }

  get #bottom() {
    return this.#layout.bottom;
  }

  /** Put the line of now where it is. */
  moveNow(now) {
    const x = round(this.#x(Math.max(now, this.#slots[0].start)));
    this.#now.replaceChildren(
      ...this.#panes.map(({ top, bottom }) => draw("line", { x1: x, x2: x, y1: top, y2: bottom })),
      draw("path", { d: `M${x - 4} ${this.#bottom}h8l-4 -6z` }),
    );
  }

  /** Show the figures of a slot, and make it the one that the arrow keys start from. */
  choose(index, { focus = false } = {}) {
    const slot = this.#slots[index];
    this.#hits[this.#chosen].setAttribute("tabindex", "-1");
    this.#hits[this.#chosen].setAttribute("aria-selected", "false");
    this.#chosen = index;
    this.#hits[index].setAttribute("tabindex", "0");
    this.#hits[index].setAttribute("aria-selected", "true");
    if (focus) this.#hits[index].focus();
    const x = this.#x(slot.start);
    for (const pane of this.#cursor.children) {
      pane.setAttribute("x", round(x));
      pane.setAttribute("width", round(Math.max(2, this.#x(slot.end) - x)));
    }
    const format = this.#format;
    const unknown = this.#word("unknown");
    const figures = {
      power: this.#word(`act_${actOf(slot)}`, { power: format.power(Math.abs(slot.chargeW ?? 0)) }),
      soc: slot.stateOfCharge === undefined ? unknown : format.percent(slot.stateOfCharge),
      price: slot.price === undefined ? unknown : format.price(slot.price),
      load: loadWords(slot, this.#word, format) ?? unknown,
    };
    for (const [name, text] of Object.entries(this.#values)) text.textContent = figures[name];
  }

  get chosen() {
    return this.#chosen;
  }

  get hasFocus() {
    return this.#hits.includes(this.element.getRootNode().activeElement);
  }

  // --- The hours, and the codes behind everything -------------------------------------------

  #drawCodes(codes, start, end) {
    for (const code of codes) {
      const from = this.#x(Math.max(code.start, start));
      const width = this.#x(Math.min(code.end, end)) - from;
      const text = this.#word(`code_short_${code.code}`);
      const label = text.length * LETTER + 6 <= width ? text : text[0];
      const band = { class: `code ${code.code}`, x: round(from), width: round(width) };
      this.#paint.append(
        ...this.#panes.map((pane) => draw("rect", { ...band, ...upright(pane) })),
        draw("rect", { class: `flag ${code.code}`, x: round(from), width: round(Math.max(width, 12)), y: 1, height: STRIP - 2, rx: 3 }),
        draw("text", { class: "flag-text", x: round(from + Math.max(width, 12) / 2), y: STRIP - 5, "text-anchor": "middle" }, label),
      );
    }
  }

  #drawHours(start, end, width) {
    for (const { moment, isMidnight, isHour } of timeMarks(start, end, width - LEFT - RIGHT, this.#format.localTime)) {
      const x = round(this.#x(moment));
      const line = { class: isMidnight ? "grid midnight" : "grid", x1: x, x2: x };
      this.#paint.append(...this.#panes.map(({ top, bottom }) => draw("line", { ...line, y1: top, y2: bottom })));
      if (x < LEFT + 12 || x > width - 18) continue;
      const clock = isHour ? this.#format.hour(moment) : this.#format.time(moment);
      const text = isMidnight ? this.#format.weekday(moment) : clock;
      this.#paint.append(
        draw("text", { class: isMidnight ? "mark midnight" : "mark", x, y: this.#bottom + 15, "text-anchor": "middle" }, text),
      );
    }
  }

  /** Write what a drawing is about, make room for the chosen slot's figure, and mark its values at the left. */
  #head(name, width, marks, y) {
    const { title } = this.#layout.places[name];
    this.#values[name] = draw("text", { class: "value", x: width - RIGHT, y: title, "text-anchor": "end" });
    this.#paint.append(draw("text", { class: "title", x: 0, y: title }, this.#word(`track_${name}`)), this.#values[name]);
    for (const [value, text] of marks) {
      const place = round(y(value));
      this.#paint.append(
        draw("line", { class: value === 0 ? "grid zero" : "grid", x1: LEFT, x2: width - RIGHT, y1: place, y2: place }),
        draw("text", { class: "mark", x: LEFT - 5, y: place + 4, "text-anchor": "end" }, text),
      );
    }
  }

  // --- One quantity each --------------------------------------------------------------------

  #drawPower(width) {
    const { top, bottom } = this.#layout.places.power;
    const charge = Math.max(0, ...this.#slots.map((slot) => slot.chargeW ?? 0));
    const discharge = Math.max(0, ...this.#slots.map((slot) => -(slot.chargeW ?? 0)));
    const most = roundUp(Math.max(charge, discharge, 500));
    const y = scale(charge ? most : most / 4, discharge ? -most : -most / 4, top + 2, bottom - 2);
    const marks = [[0, "0"]];
    if (charge) marks.push([most, `▲ ${this.#format.kilowatts(most)}`]);
    if (discharge) marks.push([-most, `▼ ${this.#format.kilowatts(most)}`]);
    this.#head("power", width, marks, y);
    const zero = y(0);
    for (const slot of this.#slots) {
      const act = actOf(slot);
      const x = this.#x(slot.start);
      const length = this.#x(slot.end) - x;
      const air = length > 4 ? 1 : 0;
      const box = { x: round(x + air / 2), width: round(length - air) };
      if (act === "own_house") {
        this.#paint.append(draw("rect", { class: "own-house", ...box, y: round(zero - 7), height: 14 }));
      } else {
        const height = Math.max(1.5, Math.abs(y(slot.chargeW) - zero));
        const place = slot.chargeW < 0 ? zero : zero - height;
        this.#paint.append(draw("rect", { class: `bar ${act}`, ...box, y: round(place), height: round(height) }));
      }
    }
  }

  #drawStateOfCharge(width, stateOfCharge, now) {
    const { top, bottom } = this.#layout.places.soc;
    const y = scale(100, 0, top + 2, bottom - 2);
    this.#head("soc", width, [[100, "100 %"], [0, "0"]], y);
    const known = runs(this.#slots, (slot) => slot.stateOfCharge !== undefined);
    for (const run of known) {
      const points = run.map((slot) => [this.#x(slot.end), y(slot.stateOfCharge)]);
      if (run[0] === this.#slots[0] && stateOfCharge !== undefined) {
        points.unshift([this.#x(Math.max(now, run[0].start)), y(stateOfCharge)]);
      }
      const path = points.map(([x, place]) => `${round(x)} ${round(place)}`).join("L");
      const from = round(points[0][0]);
      const to = round(points.at(-1)[0]);
      this.#paint.append(
        draw("path", { class: "area soc", d: `M${from} ${round(y(0))}L${path}L${to} ${round(y(0))}Z` }),
        draw("path", { class: "line soc", d: `M${path}` }),
      );
    }
  }

  /** Return a line that stays level through each slot, over the slots of a run. */
  #steps(run, place) {
    return run
      .map((slot) => `${round(this.#x(slot.start))} ${round(place(slot))}H${round(this.#x(slot.end))}`)
      .join("L");
  }

  #drawPrice(width) {
    const { top, bottom } = this.#layout.places.price;
    const prices = this.#slots.map((slot) => slot.price).filter((price) => price !== undefined);
    const low = Math.min(0, ...prices);
    const high = Math.max(0.01, ...prices);
    const y = scale(high, low, top + 4, bottom - 2);
    const marks = [[0, "0"], [high, this.#format.price(high)]];
    if (low < -0.005) marks.push([low, this.#format.price(low)]);
    const apart = marks.filter(([value]) => value === 0 || Math.abs(y(value) - y(0)) > 11);
    this.#head("price", width, apart, y);
    for (const run of runs(this.#slots, (slot) => slot.price !== undefined)) {
      this.#paint.append(draw("path", { class: "line price", d: `M${this.#steps(run, (slot) => y(slot.price))}` }));
    }
  }

  #drawLoad(width) {
    const { top, bottom } = this.#layout.places.load;
    const loads = this.#slots.map((slot) => slot.loadW).filter((load) => load !== undefined);
    const limits = this.#slots.map((slot) => slot.limitW).filter((limit) => limit !== undefined);
    const limit = Math.max(0, ...limits);
    const high = Math.max(limit, ...loads, 1);
    const lowest = Math.min(0, ...loads);
    const low = lowest < -limit / 4 ? Math.min(lowest, -limit) : Math.min(lowest, -high / 20);
    const y = scale(high * 1.08, low * 1.08, top + 2, bottom - 2);
    const marks = [[0, "0"]];
    if (limit) marks.push([limit, this.#format.kilowatts(limit)]);
    if (limit && low <= -limit) marks.push([-limit, `−${this.#format.kilowatts(limit)}`]);
    this.#head("load", width, marks, y);
    const zero = y(0);
    for (const run of runs(this.#slots, (slot) => slot.loadW !== undefined)) {
      const steps = this.#steps(run, (slot) => y(slot.loadW));
      const [from, to] = [round(this.#x(run[0].start)), round(this.#x(run.at(-1).end))];
      this.#paint.append(
        draw("path", { class: "area load", d: `M${from} ${round(zero)}L${steps}L${to} ${round(zero)}Z` }),
        draw("path", { class: "line load", d: `M${steps}` }),
      );
    }
    for (const slot of this.#slots.filter(overLimit)) {
      const edge = y(Math.sign(slot.loadW) * slot.limitW);
      const place = y(slot.loadW);
      const x = this.#x(slot.start);
      this.#paint.append(
        draw("rect", {
          class: "over",
          x: round(x),
          width: round(this.#x(slot.end) - x),
          y: round(Math.min(edge, place)),
          height: round(Math.max(2, Math.abs(edge - place))),
        }),
      );
    }
    for (const sign of low <= -limit ? [1, -1] : [1]) {
      for (const run of runs(this.#slots, (slot) => slot.limitW !== undefined)) {
        this.#paint.append(draw("path", { class: "limit", d: `M${this.#steps(run, (slot) => y(sign * slot.limitW))}` }));
      }
    }
  }

  // --- Pointer and keys ---------------------------------------------------------------------

  #listen(onChoose) {
    const list = draw("g", { role: "listbox", "aria-label": this.#word("chart"), "aria-orientation": "horizontal" });
    this.#hits = this.#slots.map((slot) => {
      const x = this.#x(slot.start);
      return draw("rect", {
        class: "hit",
        role: "option",
        tabindex: -1,
        "aria-selected": "false",
        // Short: the whole sentence comes by the live region.
        "aria-label": this.#format.time(slot.start),
        x: round(x),
        width: round(this.#x(slot.end) - x),
        y: this.#top,
        height: this.#bottom - this.#top,
      });
    });
    list.append(...this.#hits);
    this.element.append(list);
    const go = (index, byKey) => {
      this.choose(index, { focus: byKey });
      if (!byKey) onChoose(index, false); // The focus that comes by key tells it itself, below.
    };
    list.addEventListener("pointermove", (event) => {
      const index = this.#hits.indexOf(event.target);
      if (index >= 0 && index !== this.#chosen) go(index, false);
    });
    list.addEventListener("click", (event) => {
      const index = this.#hits.indexOf(event.target);
      if (index >= 0) go(index, false);
    });
    list.addEventListener("focusin", (event) => {
      const index = this.#hits.indexOf(event.target);
      if (index >= 0 && event.target.matches(":focus-visible")) onChoose(index, true);
    });
    list.addEventListener("keydown", (event) => {
      const last = this.#hits.length - 1;
      const hour = Math.max(1, Math.round(3_600_000 / (this.#slots[0].end - this.#slots[0].start)));
      const steps = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1, PageDown: hour, PageUp: -hour };
      const target = { Home: 0, End: last }[event.key] ?? (event.key in steps ? this.#chosen + steps[event.key] : undefined);
      if (target === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
      event.preventDefault();
      go(Math.min(last, Math.max(0, target)), true);
    });
  }

  /** Return a slot in words. */
  inWords(index) {
    return slotWords(this.#slots[index], this.#tracks, this.#word, this.#format);
  }
}
