/** The card of one battery: why it does what it does, what it will do, and what the resident can decide. */
import { Chart, tracksOf } from "./chart.js";
import { deviceOf, entitiesOf, figure, tells } from "./entities.js";
import { make } from "./element.js";
import { formats, wattsOf } from "./format.js";
import { actOf, overLimit, readCodes, readSlots } from "./plan.js";
import { actWords, codeWords, loadWords, timeWords, whyWords } from "./sentence.js";
import { STYLE } from "./style.js";
import { words } from "./words.js";

const DOMAIN = "battery_commons";
const MINUTE = 60_000;

export class CardView {
  #host;
  #hass;
  #config;
  #word;
  #format;
  #formatOf;
  #parts = {};
  #chart;
  #drawn;
  #slots = [];
  #table = false;
  #chosenStart;
  #busy = new Set();
  #error = "";
  #observer;
  #timer;

  constructor(host) {
    this.#host = host;
    const root = host.attachShadow({ mode: "open" });
    const parts = {
      head: make("div", { class: "head" }),
      why: make("p", { class: "why" }),
      notice: make("p", { class: "notice", role: "status", hidden: true }),
      drawing: make("div", { class: "drawing" }),
      readout: make("p", { class: "readout", "aria-hidden": "true" }),
      live: make("p", { class: "unseen live", "aria-live": "polite" }),
      key: make("ul", { class: "key", "aria-hidden": "true" }),
      small: make("p", { class: "small" }),
      codes: make("div"),
      actions: make("div", { class: "actions" }),
      table: make("div"),
      error: make("p", { class: "notice", role: "alert", hidden: true }),
    };
    this.#parts = parts;
    const style = make("style");
    style.textContent = STYLE;
    root.append(style, make("ha-card", {}, make("div", { class: "card" }, ...Object.values(parts))));
    this.#observer = new ResizeObserver(() => this.#update());
  }

  /** Follow the clock and the width: the card is on the page. */
  wake() {
    this.#observer.observe(this.#parts.drawing);
    this.#timer ??= setInterval(() => this.#update(), MINUTE / 2);
    this.#update();
  }

  /** Follow nothing: the card has left the page. */
  sleep() {
    this.#observer.disconnect();
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  show(hass, config) {
    const before = this.#hass;
    const same = config === this.#config && before && this.#entities?.every((id) => before.states[id] === hass.states[id]);
    const settled = same && before.locale === hass.locale && before.entities === hass.entities && before.devices === hass.devices;
    this.#hass = hass;
    this.#config = config;
    if (!settled) this.#update();
  }

  #entities;

  #update() {
    if (!this.#hass || !this.#config) return;
    const hass = this.#hass;
    const now = Date.now();
    this.#word = words(hass);
    if (this.#formatOf?.locale !== hass.locale || this.#formatOf?.config !== hass.config) {
      this.#formatOf = { locale: hass.locale, config: hass.config };
      this.#format = formats(hass);
      this.#drawn = undefined;
    }
    const device = deviceOf(hass, this.#config);
    const battery = device ? entitiesOf(hass, device.id) : {};
    const village = device?.villageId ? entitiesOf(hass, device.villageId) : {};
    this.#entities = [...Object.values(battery), ...Object.values(village)];
    const plan = hass.states[battery.plan];
    const known = {
      device,
      battery,
      now,
      entryId: device?.entryId,
      slots: readSlots(tells(hass, battery.plan) ?? (plan?.state === "unknown" ? plan : undefined), now),
      codes: readCodes(hass.states[village.congestion_signal], now),
      stateOfCharge: figure(hass, battery.state_of_charge),
      powerW: wattsOf(tells(hass, battery.power)),
      mode: tells(hass, battery.mode),
      reason: tells(hass, battery.reason),
      leaseEnd: Date.parse(tells(hass, battery.lease_end)?.state),
      villageAnswers: village.coordinator === undefined || hass.states[village.coordinator]?.state === "on",
    };
    this.#head(known);
    this.#notice(known);
    this.#drawing(known);
    this.#answers(known);
    this.#actions(known);
    this.#planTable(known);
    this.#parts.error.hidden = !this.#error;
    this.#parts.error.textContent = this.#error;
  }

  // --- Now ----------------------------------------------------------------------------------

  #head({ device, mode, reason, stateOfCharge, powerW }) {
    const { head, why } = this.#parts;
    const word = this.#word;
    const children = [make("h2", {}, device?.name || word("battery"))];
    if (device) {
      const soc = stateOfCharge === undefined ? word("unknown") : this.#format.percent(stateOfCharge);
      const state = make("div", { class: "state" }, make("span", { class: "unseen" }, word("state_of_charge")), make("b", {}, soc));
      if (powerW !== undefined) {
        const act = actOf({ chargeW: 0 - powerW });
        state.append(make("span", { class: "power" }, word(`act_${act}`, { power: this.#format.power(Math.abs(powerW)) })));
      }
      if (mode) state.append(make("span", { class: "mode" }, this.#hass.formatEntityState?.(mode) ?? mode.state));
      children.push(state);
    }
    this.#put(head, children);
    const text = reason?.attributes?.explanation || (reason && (this.#hass.formatEntityState?.(reason) ?? reason.state)) || "";
    if (why.textContent !== text) why.textContent = text;
    why.hidden = !text;
  }

  /**
   * Replace what a part shows, unless it shows that already: a reader, a click or a scroll is not disturbed for
   * nothing. The focus stays where it was.
   */
  #put(part, children) {
    const next = make("div", {}, ...children);
    if (part.innerHTML === next.innerHTML) return;
    const focused = this.#host.shadowRoot.activeElement?.id;
    part.replaceChildren(...next.childNodes);
    if (focused) part.querySelector(`#${CSS.escape(focused)}`)?.focus();
  }

  #notice({ device, battery, slots, leaseEnd, villageAnswers, mode, now }) {
    const word = this.#word;
    const until = Number.isFinite(leaseEnd) && leaseEnd > now ? this.#format.time(leaseEnd) : undefined;
    let text = "";
    if (!device) text = word("no_battery");
    else if (!mode && this.#hass.states[battery.mode]?.state !== "unknown" && !slots.length) text = word("no_plan_entity");
    else if (!villageAnswers && slots.length && until) text = word("village_silent_with_plan", { until });
    else if (!villageAnswers) text = `${word("village_silent")} ${slots.length ? "" : word("no_plan")}`.trim();
    else if (!slots.length) text = word("no_plan");
    const { notice, small } = this.#parts;
    if (notice.textContent !== text) notice.textContent = text;
    notice.hidden = !text;

    const tracks = slots.length ? tracksOf(slots) : {};
    const missing = ["soc", "price", "load"].filter((name) => tracks[name] === false).map((name) => word(`not_told_${name}`));
    const lines = [];
    if (slots.length && villageAnswers && until) lines.push(word("counts_until", { until }));
    if (missing.length) lines.push(word("not_told", { what: missing.join(", ") }));
    small.textContent = lines.join(" ");
    small.hidden = !lines.length;
  }

  // --- The plan -----------------------------------------------------------------------------

  #drawing({ slots, codes, stateOfCharge, now }) {
    const { drawing, readout, key, live } = this.#parts;
    const width = Math.floor(drawing.clientWidth);
    const shown = slots.length > 0;
    for (const part of [drawing, readout, key]) part.hidden = !shown;
    this.#slots = slots;
    if (!shown) {
      drawing.replaceChildren();
      live.textContent = "";
      this.#chart = undefined;
      this.#drawn = undefined;
      return;
    }
    if (!width) return; // Just unhidden, or not on the page: the observer tells when there is room.
    const drawn = JSON.stringify([slots, codes, stateOfCharge, width, this.#hass.language]);
    if (this.#chart && drawn === this.#drawn) {
      this.#chart.moveNow(now);
      return;
    }
    const hadFocus = this.#chart?.hasFocus ?? false;
    this.#drawn = drawn;
    this.#chart = new Chart({ slots, codes, stateOfCharge }, width, now, {
      word: this.#word,
      format: this.#format,
      onChoose: (index, byKey) => this.#choose(index, byKey),
    });
    drawing.replaceChildren(this.#chart.element);
    const kept = slots.findIndex((slot) => slot.start === this.#chosenStart);
    const index = Math.max(0, kept);
    if (kept < 0) this.#chosenStart = undefined;
    this.#chart.choose(index, { focus: hadFocus });
    this.#read(index);
    this.#drawKey(slots, codes);
  }

  #choose(index, byKey) {
    this.#chosenStart = this.#slots[index].start;
    this.#read(index);
    if (byKey) this.#parts.live.textContent = this.#chart.inWords(index);
  }

  #read(index) {
    const slot = this.#slots[index];
    const time = make("b", {}, timeWords(slot, this.#word, this.#format));
    this.#parts.readout.replaceChildren(time, `: ${whyWords(slot, this.#word, this.#format)}`);
  }

  #drawKey(slots, codes) {
    const acts = new Set(slots.map(actOf));
    const inks = [
      [acts.has("charge"), "charge", "bar charge"],
      [acts.has("discharge"), "discharge", "bar discharge"],
      [acts.has("own_house"), "own_house", "own-house"],
      [slots.some(overLimit), "over", "over"],
      [codes.some((code) => code.code === "red"), "red", "code red"],
      [codes.some((code) => code.code === "green"), "green", "code green"],
    ];
    const lines = [[slots.some((slot) => slot.limitW !== undefined && slot.loadW !== undefined), "limit", "limit"]];
    const item = (shape, text) => `<li><svg width="18" height="12">${shape}</svg>${text}</li>`;
    const boxes = inks.filter(([present]) => present).map(([, name, ink]) => {
      return item(`<rect class="${ink}" width="18" height="12"/>`, this.#word(`key_${name}`));
    });
    const dashes = lines.filter(([present]) => present).map(([, name, ink]) => {
      return item(`<path class="${ink}" d="M0 6h18"/>`, this.#word(name));
    });
    const nowMark = item('<g class="now"><line x1="9" x2="9" y1="0" y2="12"/><path d="M5 12h8l-4 -6z"/></g>', this.#word("now"));
    this.#parts.key.innerHTML = [...boxes, ...dashes, nowMark].join("");
  }

  #planTable({ slots }) {
    const { table } = this.#parts;
    if (!this.#table || !slots.length) {
      table.replaceChildren();
      return;
    }
    const [word, format] = [this.#word, this.#format];
    const tracks = tracksOf(slots);
    const columns = [
      ["table_act", true, (slot) => actWords(slot, word, format)],
      ["table_soc", tracks.soc, (slot) => slot.stateOfCharge !== undefined && format.percent(slot.stateOfCharge)],
      ["table_price", tracks.price, (slot) => slot.price !== undefined && format.price(slot.price)],
      ["table_load", tracks.load, (slot) => loadWords(slot, word, format)],
      ["table_why", slots.some((slot) => slot.explanation), (slot) => slot.explanation || " "],
    ].filter(([, present]) => present);
    const head = columns.map(([name]) => make("th", { scope: "col" }, word(name)));
    const rows = slots.map((slot) =>
      make(
        "tr",
        {},
        make("th", { scope: "row" }, `${format.time(slot.start)}–${format.time(slot.end)}`),
        ...columns.map(([, , cell]) => make("td", {}, cell(slot) || word("unknown"))),
      ),
    );
    const drawn = make(
      "div",
      { class: "table", tabindex: "0", role: "region", "aria-label": word("table_caption") },
      make(
        "table",
        {},
        make("caption", {}, word("table_caption")),
        make("thead", {}, make("tr", {}, make("th", { scope: "col" }, word("table_time")), ...head)),
        make("tbody", {}, ...rows),
      ),
    );
    this.#put(table, [drawn]);
  }

  // --- What the resident decides ------------------------------------------------------------

  #button(id, text, action, attributes = {}) {
    // A disabled button would lose the focus; one that says it is busy keeps it.
    return make("button", { id, type: "button", "aria-disabled": this.#busy.has(id) && "true", onclick: () => this.#perform(id, action), ...attributes }, text);
  }

  #answers({ codes, now, entryId }) {
    const word = this.#word;
    const rows = codes.map((code) => {
      const answer = (joins) => ["respond_to_code", { code_id: code.id, joins, config_entry: entryId }];
      const choice = (joins, key) =>
        this.#button(`${key}-${code.id}`, word(key), answer(joins), { "aria-pressed": String(code.joins === joins) });
      const said = code.joins === undefined ? "" : ` ${word(code.joins ? "joins" : "joins_not")}`;
      const when = `${codeWords(code, now, word, this.#format)}.${said}`;
      return make(
        "li",
        { class: code.code },
        make("p", {}, make("b", {}, word(`code_${code.code}`)), make("span", {}, when), code.reason ? make("span", {}, code.reason) : undefined),
        make("div", { class: "answers" }, choice(true, "join"), choice(false, "join_not")),
      );
    });
    this.#put(this.#parts.codes, rows.length ? [make("ul", { class: "rows", "aria-label": word("codes") }, ...rows)] : []);
  }

  #actions({ device, mode, slots }) {
    const word = this.#word;
    const children = [];
    if (device && mode) {
      const [action, help] = mode.state === "paused" ? ["resume", "resume_help"] : ["pause", "pause_help"];
      const perform = [action, {}, { device_id: device.id }];
      children.push(this.#button(`pause-${device.id}`, word(action), perform, { title: word(help) }));
    }
    if (slots.length) {
      const toggle = () => {
        this.#table = !this.#table;
        this.#update();
      };
      children.push(
        make("button", { id: "table", type: "button", "aria-expanded": String(this.#table), onclick: toggle }, word(this.#table ? "table_hide" : "table_show")),
      );
    }
    this.#parts.actions.hidden = !children.length;
    this.#put(this.#parts.actions, children);
  }

  async #perform(id, [action, data, target]) {
    if (this.#busy.has(id)) return;
    this.#busy.add(id);
    this.#error = "";
    this.#update();
    try {
      await this.#hass.callService(DOMAIN, action, data, target, false);
    } catch (error) {
      this.#error = this.#word("failed", { error: error.message });
    } finally {
      this.#busy.delete(id);
      this.#update();
    }
  }
}
