/** A Home Assistant's `hass` as the frontend hands it over, with one battery in one village. */

export const NOW = Date.parse("2026-06-21T12:07:00Z");
const QUARTER = 900_000;
const PLATFORM = "battery_commons";

/** Return the slots that the plan sensor shows: a sunny afternoon, a busy evening and a cheap night. */
export function sunnyDay(start = Date.parse("2026-06-21T12:00:00Z"), count = 92) {
  let stored = 46;
  return Array.from({ length: count }, (_, index) => {
    const from = start + index * QUARTER;
    const hour = (14 + index / 4) % 24;
    let [power, reason, explanation] = [0, "hold", "Holding 4.6 kWh: it is of more use later."];
    if (hour >= 14 && hour < 17) {
      power = -2600 + 120 * Math.abs(hour - 15) * 4;
      [reason, explanation] = ["relieve_export", "Charges with 2.4 kW: transformer Dorpsstraat is busy with solar power until 17:00."];
    } else if (hour >= 18 && hour < 21.5) {
      power = 1900 - 260 * Math.abs(hour - 19.5);
      [reason, explanation] = ["relieve_import", "Discharges with 1.8 kW: transformer Dorpsstraat is expected at 96 % of its limit, from demand, until 21:30."];
    } else if (hour >= 2 && hour < 4) {
      [power, reason, explanation] = [-1400, "low_price", "Charges with 1.4 kW: electricity is cheap until 04:00."];
    } else if (hour >= 8 && hour < 12) {
      [power, reason, explanation] = [null, "own_house", "Left to your own house: the village does not need it until 12:00."];
    }
    stored = Math.min(96, Math.max(12, stored - ((power ?? -300) / 4 / 10_000) * 100));
    const demand = 70 + 168 * Math.exp(-(((hour - 19.2) / 2.1) ** 2)) + 42 * Math.exp(-(((hour - 8) / 1.6) ** 2));
    const solar = 265 * Math.exp(-(((hour - 14) / 3) ** 2));
    return {
      start: new Date(from).toISOString(),
      end: new Date(from + QUARTER).toISOString(),
      power_w: power,
      reason,
      explanation,
      state_of_charge: power === null ? null : Math.round(stored),
      price_per_kwh: index < 60 ? Math.round((0.21 + 0.11 * Math.sin((hour - 13.5) / 3.2) + (hour > 12 && hour < 16 ? -0.14 : 0)) * 1000) / 1000 : null,
      transformer_load_w: Math.round((demand - solar) * 1000),
      transformer_limit_w: 200_000,
    };
  });
}

export const CODES = [
  { id: "red-1", code: "red", start: "2026-06-21T16:00:00Z", end: "2026-06-21T18:30:00Z", reason: "The transformer is expected at 104 % of its limit.", joins: null },
  { id: "green-1", code: "green", start: "2026-06-22T10:30:00Z", end: "2026-06-22T12:30:00Z", reason: "", joins: true },
];

const BATTERY = {
  state_of_charge: ["sensor", "46", { device_class: "battery", unit_of_measurement: "%", friendly_name: "Garage State of charge" }],
  power: ["sensor", "-2480", { device_class: "power", unit_of_measurement: "W" }],
  stored_energy: ["sensor", "4.6", { device_class: "energy_storage", unit_of_measurement: "kWh" }],
  setpoint: ["sensor", "-2500", { device_class: "power", unit_of_measurement: "W" }],
  mode: ["sensor", "village", { device_class: "enum" }],
  reason: ["sensor", "relieve_export", { explanation: "Charges with 2.5 kW: transformer Dorpsstraat is expected at 97 % of its limit, from feed-in, until 17:00." }],
  next_action: ["sensor", "hold", {}],
  next_action_at: ["sensor", "2026-06-21T15:00:00+00:00", { device_class: "timestamp" }],
  lease_end: ["sensor", "2026-06-21T12:45:00+00:00", { device_class: "timestamp" }],
  plan: ["sensor", "-2600", { unit_of_measurement: "W" }],
  reserve: ["number", "20", { unit_of_measurement: "%" }],
  preference: ["select", "balanced", {}],
  participation: ["switch", "on", {}],
};

export const VOTE = {
  vote_id: "vote-1",
  subject: "minimum_reserve",
  title: "Keep more for ourselves in winter?",
  explanation: "In December the evenings are long, and some of us were without power last year.",
  closes_at: "2026-06-28T18:00:00+00:00",
  takes_effect_at: "2026-06-29T22:00:00+00:00",
  votes_left: 1,
  own_ballots: [],
  effects: "own",
  others: 1,
  options: [
    ["a", "10 % of each battery", 41.5, 91_000],
    ["b", "30 % of each battery", 43.2, 97_500],
  ].map(([choice, label, bill, peak]) => ({
    choice, label, ballots: null, own_bill_eur_per_month: bill, own_bill_is_estimated: false, cost_eur_per_month: 310.25, highest_import_w: peak, self_consumption: 0.61,
  })),
};

const VILLAGE = {
  open_vote: ["sensor", VOTE.title, VOTE],
  transformer_load: ["sensor", "-182.4", { unit_of_measurement: "kW", device_class: "power" }],
  transformer_limit: ["sensor", "200", { unit_of_measurement: "kW", device_class: "power" }],
  transformer_headroom: ["sensor", "17.6", { unit_of_measurement: "kW" }],
  transformer_peak: ["sensor", "208", { unit_of_measurement: "kW" }],
  feeder_peak: ["sensor", "unavailable", {}],
  congestion_signal: ["sensor", "neutral", {}],
  members_online: ["sensor", "41", {}],
  coordinator: ["binary_sensor", "on", { device_class: "connectivity" }],
  codes: ["calendar", "off", {}],
  join_code: ["button", "unknown", {}],
  code_report: ["sensor", "-14", { unit_of_measurement: "kW", report: "Together 14 kW less between 17:00 and 19:00." }],
  own_sun: ["sensor", "63.5", { unit_of_measurement: "%" }],
  hours_saved: ["sensor", "2.25", { unit_of_measurement: "h" }],
  contribution_today: ["sensor", "1.8", { unit_of_measurement: "kWh" }],
};

const MODES = { village: "Steered by the village", paused: "Paused", self_consumption: "For the own house" };

/** Return a `hass` of a home; `changes` replaces the states of entities by "device.key", null takes one away. */
export function home({ language = "en", slots = sunnyDay(), codes = CODES, changes = {}, timeZone = "Europe/Amsterdam" } = {}) {
  const devices = {
    garage: { id: "garage", name: "Garage", name_by_user: null, via_device_id: "village", primary_config_entry: "entry" },
    village: { id: "village", name: "Ansen", name_by_user: null, via_device_id: null, primary_config_entry: "entry" },
  };
  const entities = {};
  const states = {};
  for (const [deviceId, keys] of Object.entries({ garage: BATTERY, village: VILLAGE })) {
    for (const [key, [domain, state, attributes]] of Object.entries(keys)) {
      const changed = changes[`${deviceId}.${key}`];
      if (changed === null) continue;
      const id = `${domain}.${deviceId}_${key}`;
      entities[id] = { entity_id: id, device_id: deviceId, platform: PLATFORM, translation_key: key };
      states[id] = { entity_id: id, state: changed ?? state, attributes: changed === "unavailable" ? {} : { ...attributes } };
    }
  }
  if (states["sensor.garage_plan"] && states["sensor.garage_plan"].state !== "unavailable") {
    states["sensor.garage_plan"].attributes.slots = slots;
  }
  if (states["sensor.village_congestion_signal"]) states["sensor.village_congestion_signal"].attributes.codes = codes;
  return {
    language,
    locale: { language, number_format: "language", time_format: "language", time_zone: "server" },
    config: { time_zone: timeZone },
    devices,
    entities,
    states,
    formatEntityState: (state) => MODES[state.state] ?? state.state,
    calls: [],
    async callService(domain, service, data, target, _notify, answers) {
      this.calls.push({ domain, service, data, target });
      return answers ? { response: { url: "http://village.example/page/enter/once" } } : undefined;
    },
  };
}
