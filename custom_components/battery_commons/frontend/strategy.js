/** Lays out Home Assistant's own cards around ours, for the batteries and villages that are there. Pure. */
import { batteriesOf, entitiesOf, figure, villagesOf } from "./entities.js";
import { wattsOf } from "./format.js";
import { words } from "./words.js";

const STRATEGY = "custom:battery-commons";
const CARD = "custom:battery-commons-card";
const VOTE_CARD = "custom:battery-commons-vote-card";
const ADD = "/config/integrations/integration/battery_commons";
const JOIN = "/config/integrations/dashboard/add?domain=battery_commons";
const SILENT = ["unavailable", "unknown"];
/** The name of an entity without that of its device, which stands above it. */
const OWN_NAME = { type: "entity" };
/** As wide as two tiles, a whole row on a phone: for a name that would be cut off, as "Contribution t…". */
const WIDE = { grid_options: { columns: 12 } };
/** As wide as its section. */
const FULL = { grid_options: { columns: "full" } };

/** Return the whole dashboard: a view for each village that this home belongs to. */
export function dashboard(_config, hass) {
  const villages = villagesOf(hass);
  if (!villages.length) return { views: [{ title: "Battery Commons", strategy: { type: STRATEGY } }] };
  return {
    views: villages.map(({ id, name }) => ({
      title: name,
      icon: "mdi:home-battery",
      path: villages.length === 1 ? "home" : id,
      strategy: { type: STRATEGY, village: id },
    })),
  };
}

/** Return the view of one village: the one that is named, or the first. */
export function view(config, hass) {
  const word = words(hass);
  const villages = villagesOf(hass);
  const village = villages.find(({ id }) => id === config.village) ?? villages[0];
  if (!village) {
    return { type: "sections", sections: [grid([{ type: "markdown", content: word("nothing_yet", { link: JOIN }) }])] };
  }
  const keys = entitiesOf(hass, village.id);
  const batteries = batteriesOf(hass)
    .filter(({ villageId }) => villageId === village.id || (villageId === undefined && villages.length === 1))
    .map((battery) => ({ ...battery, keys: entitiesOf(hass, battery.id) }));
  const sections = [
    ...(batteries.length ? batteries.map((battery) => batterySection(battery, word)) : [noBatterySection(word)]),
    voteSection(keys, word),
    villageSection(village, keys, hass, word),
    togetherSection(keys, word),
    historySection(batteries, keys, word),
  ];
  return {
    type: "sections",
    max_columns: 4,
    dense_section_placement: true,
    badges: [keys.congestion_signal, keys.coordinator].filter(Boolean).map((entity) => ({
      type: "entity",
      entity,
      name: OWN_NAME,
      show_name: true,
      visibility: told(entity),
    })),
    sections: sections.filter(Boolean),
  };
}

// --- The parts of a view ------------------------------------------------------------------------

function batterySection({ id, keys }, word) {
  const settings = [
    tile(keys.participation, { features: [{ type: "toggle" }] }),
    tile(keys.preference, { features: [{ type: "select-options" }] }),
    tile(keys.reserve, { features: [{ type: "numeric-input", style: "slider" }], ...WIDE }),
  ].filter(Boolean);
  return {
    ...grid([
      { type: CARD, device: id, ...FULL },
      tile(keys.state_of_charge),
      tile(keys.power),
      tile(keys.stored_energy, WIDE),
      tile(keys.setpoint, WIDE),
      tile(keys.next_action),
      tile(keys.next_action_at),
      tile(keys.reason, FULL),
      settings.length ? heading(word("view_settings"), "mdi:tune-variant", "subtitle") : undefined,
      ...settings,
    ]),
    column_span: 2,
  };
}

function noBatterySection(word) {
  return grid([
    heading(word("view_battery"), "mdi:home-battery"),
    { type: "markdown", content: word("without_battery") },
    { type: "button", name: word("add_battery"), icon: "mdi:plus", tap_action: { action: "navigate", navigation_path: ADD } },
  ]);
}

function villageSection(village, keys, hass, word) {
  const figures = [
    keys.transformer_limit,
    keys.transformer_headroom,
    keys.transformer_peak,
    keys.transformer_peak_at,
    keys.feeder_peak,
    keys.feeder_peak_at,
    keys.congestion_signal,
    keys.members_online,
    keys.peak_shaved,
    keys.co2_saved,
    keys.own_sun,
    keys.hours_saved,
  ];
  return grid([
    heading(village.name || word("view_village"), "mdi:transmission-tower"),
    loadGauge(keys, hass),
    ...figures.map((entity) => tile(entity, WIDE)),
  ]);
}

/** Return the load against its limit. A gauge needs to know its ends: without a limit it is a figure only. */
function loadGauge(keys, hass) {
  const load = hass.states[keys.transformer_load];
  const limitW = wattsOf(hass.states[keys.transformer_limit]);
  const unitW = wattsOf({ state: "1", attributes: load?.attributes });
  if (!limitW || !unitW || figure(hass, keys.transformer_limit) === undefined) return tile(keys.transformer_load);
  const limit = limitW / unitW;
  return {
    type: "gauge",
    entity: keys.transformer_load,
    name: OWN_NAME,
    min: -limit,
    max: limit,
    needle: true,
    segments: [
      { from: -limit, color: "var(--error-color)" },
      { from: -0.95 * limit, color: "var(--warning-color)" },
      { from: -0.8 * limit, color: "var(--success-color)" },
      { from: 0.8 * limit, color: "var(--warning-color)" },
      { from: 0.95 * limit, color: "var(--error-color)" },
    ],
    grid_options: { columns: "full", rows: 4 },
    visibility: told(keys.transformer_load),
  };
}

/** What the homes decide together: there while a vote is open. */
function voteSection(keys, word) {
  if (!keys.open_vote) return undefined;
  const visibility = told(keys.open_vote);
  return grid([
    { ...heading(word("vote"), "mdi:vote"), visibility },
    { type: VOTE_CARD, entity: keys.open_vote, visibility, ...FULL },
  ]);
}

/** What the home does together with the others: its contribution, and the codes. */
function togetherSection(keys, word) {
  const figures = [keys.contribution_today, keys.contribution_month, keys.saving_month, keys.shared_month, keys.account_balance].filter(Boolean);
  const codes = [keys.codes].filter(Boolean);
  if (!figures.length && !codes.length) return undefined;
  return grid([
    whileAnyTells(figures, heading(word("view_contribution"), "mdi:hand-heart")),
    ...figures.map((entity) => tile(entity, WIDE)),
    whileAnyTells(codes, heading(word("view_codes"), "mdi:traffic-light")),
    whileAnyTells(codes, { type: "calendar", entities: codes, initial_view: "listWeek", ...FULL }),
    joinTile(keys.join_code, word),
    tile(keys.code_report, WIDE),
    report(keys.code_report),
  ]);
}

/**
 * The report of the last code, whole: a tile would cut it off. These are the village's words, so they are left no
 * sign that Markdown makes a link or a picture of.
 */
function report(entity) {
  if (!entity) return undefined;
  const content = `{{ state_attr('${entity}', 'report') | default('', true) | regex_replace("[^\\\\w\\\\s.,:;%()'+–-]", '') }}`;
  return { type: "markdown", text_only: true, content, visibility: told(entity), ...FULL };
}

/** A button is unknown until it is pressed for the first time; it is there while there is a code to join. */
function joinTile(entity, word) {
  const features = [{ type: "button", action_name: word("join") }];
  return tile(entity, { ...WIDE, features, hide_state: true, visibility: [{ condition: "state", entity, state_not: ["unavailable"] }] });
}

function historySection(batteries, keys, word) {
  const powers = batteries.flatMap(({ name, keys: { power } }) => (power ? { entity: power, name } : []));
  const loads = [keys.transformer_load, keys.transformer_limit]
    .filter(Boolean)
    .map((entity) => ({ entity, name: OWN_NAME }));
  return {
    ...grid([
      heading(word("view_history"), "mdi:chart-line"),
      powers.length ? { type: "history-graph", title: word("history_power"), hours_to_show: 24, entities: powers, ...FULL } : undefined,
      { type: "history-graph", title: word("history_load"), hours_to_show: 24, entities: loads, ...FULL },
      {
        type: "statistics-graph",
        title: word("statistics_load"),
        entities: [{ entity: keys.transformer_load, name: OWN_NAME }],
        days_to_show: 7,
        period: "hour",
        stat_types: ["mean", "max"],
        hide_legend: false,
        ...FULL,
      },
    ]),
    column_span: 2,
  };
}

// --- Pieces -------------------------------------------------------------------------------------

const grid = (cards) => ({ type: "grid", cards: cards.filter(Boolean) });

const heading = (text, icon, style = "title") => ({ type: "heading", heading: text, icon, heading_style: style });

/** Shown while an entity says something. */
const told = (entity) => [{ condition: "state", entity, state_not: SILENT }];

/** Return a card that is only there while one of `entities` says something; undefined without entities. */
function whileAnyTells(entities, card) {
  if (!entities.length) return undefined;
  return { ...card, visibility: [{ condition: "or", conditions: entities.flatMap(told) }] };
}

/** Return a tile that is only there while its entity says something; undefined without an entity. */
function tile(entity, more = {}) {
  if (!entity) return undefined;
  return { type: "tile", entity, name: OWN_NAME, visibility: told(entity), ...more };
}
