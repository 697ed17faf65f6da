/** What the dashboard lays out for a home. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { readdirSync, readFileSync } from "node:fs";
import { batteriesOf, deviceOf } from "../../custom_components/battery_commons/frontend/entities.js";
import { dashboard, view } from "../../custom_components/battery_commons/frontend/strategy.js";
import { formats } from "../../custom_components/battery_commons/frontend/format.js";
import { effectsOf } from "../../custom_components/battery_commons/frontend/vote.js";
import { LANGUAGES, words } from "../../custom_components/battery_commons/frontend/words.js";
import { home } from "./home.mjs";

const FRONTEND = new URL("../../custom_components/battery_commons/frontend/", import.meta.url);
const cardsOf = ({ sections }) => sections.flatMap((section) => section.cards);
const idOf = (listed) => listed.entity ?? listed;
const entitiesIn = (config) => cardsOf(config).flatMap((card) => [card.entity, ...(card.entities ?? []).map(idOf)]).filter(Boolean);

function without(hass, kind) {
  for (const [id, entity] of Object.entries(hass.entities)) if (entity.device_id === kind) delete hass.entities[id];
  return hass;
}

test("each battery gets our card and its own figures", () => {
  const config = view({}, home());
  assert.deepEqual(cardsOf(config).filter((card) => card.type === "custom:battery-commons-card").map((card) => card.device), ["garage"]);
  for (const id of ["sensor.garage_state_of_charge", "switch.garage_participation", "number.garage_reserve"]) {
    assert.ok(entitiesIn(config).includes(id), id);
  }
});

test("nothing is shown that the home does not have, and nothing while it says nothing", () => {
  const hass = home({ changes: { "garage.stored_energy": null } });
  const config = view({}, hass);
  for (const id of entitiesIn(config)) assert.ok(id in hass.entities, id);
  for (const card of cardsOf(config).filter(({ type, entity }) => type === "tile" && !entity.startsWith("button."))) {
    assert.deepEqual(card.visibility, [{ condition: "state", entity: card.entity, state_not: ["unavailable", "unknown"] }]);
  }
});

test("the load's gauge ends at the transformer's limit in the load's own unit, and is a tile without a limit", () => {
  const gauge = (hass) => cardsOf(view({}, hass)).find((card) => card.entity === "sensor.village_transformer_load");
  assert.deepEqual([gauge(home()).min, gauge(home()).max], [-200, 200]);
  const inWatts = home({ changes: { "village.transformer_limit": "200000" } });
  inWatts.states["sensor.village_transformer_limit"].attributes.unit_of_measurement = "W";
  assert.equal(gauge(inWatts).max, 200);
  assert.equal(gauge(home({ changes: { "village.transformer_limit": "unavailable" } })).type, "tile");
  assert.equal(gauge(home({ changes: { "village.transformer_limit": null } })).type, "tile");
});

test("a home without a battery gets its village, and a way to add one", () => {
  const config = view({}, without(home(), "garage"));
  assert.ok(entitiesIn(config).includes("sensor.village_transformer_load"));
  assert.ok(cardsOf(config).some((card) => card.tap_action?.action === "navigate"));
  assert.ok(!cardsOf(config).some((card) => card.type === "custom:battery-commons-card"));
  assert.ok(cardsOf(config).every((card) => card.type !== "history-graph" || card.entities.length));
});

test("a home without a battery can join a code too: a button that was never pressed is there to be pressed", () => {
  const join = cardsOf(view({}, without(home(), "garage"))).find(({ entity }) => entity === "button.village_join_code");
  assert.deepEqual(join.visibility, [{ condition: "state", entity: join.entity, state_not: ["unavailable"] }]);
  assert.deepEqual(join.features, [{ type: "button", action_name: "I join" }]);
});

test("what was done together is shown in figures", () => {
  const shown = entitiesIn(view({}, home()));
  for (const id of ["sensor.village_own_sun", "sensor.village_hours_saved"]) assert.ok(shown.includes(id), id);
});

test("the report of a code is shown whole, and can be no link", () => {
  const card = cardsOf(view({}, home())).find(({ type, content }) => type === "markdown" && content.includes("report"));
  assert.match(card.content, /state_attr\('sensor\.village_code_report', 'report'\)/);
  const [, kept] = card.content.match(/regex_replace\("\[\^([^"]+)\]", ''\)/);
  for (const sign of ["[", "]", "<", ">", "!", "/", "`", "*"]) assert.ok(!kept.replaceAll("\\s", "").replaceAll("\\w", "").includes(sign), sign);
  assert.deepEqual(card.visibility, [{ condition: "state", entity: "sensor.village_code_report", state_not: ["unavailable", "unknown"] }]);
});

test("a home in no village is told how to join one", () => {
  const config = dashboard({}, without(without(home(), "garage"), "village"));
  assert.equal(config.views.length, 1);
  assert.match(cardsOf(view({}, without(without(home(), "garage"), "village")))[0].content, /invitation/);
});

test("each village has a view of its own, with its own batteries", () => {
  const hass = home();
  hass.devices.other = { id: "other", name: "Ruinen" };
  hass.devices.barn = { id: "barn", name: "Barn", name_by_user: "Schuur", via_device_id: "other" };
  hass.entities["sensor.other_load"] = { entity_id: "sensor.other_load", device_id: "other", platform: "battery_commons", translation_key: "transformer_load" };
  hass.entities["sensor.barn_plan"] = { entity_id: "sensor.barn_plan", device_id: "barn", platform: "battery_commons", translation_key: "plan" };
  const { views } = dashboard({}, hass);
  assert.deepEqual(views.map((each) => [each.title, each.strategy.village]), [["Ansen", "village"], ["Ruinen", "other"]]);
  const devices = views.map((each) => cardsOf(view(each.strategy, hass)).filter((card) => card.device).map((card) => card.device));
  assert.deepEqual(devices, [["garage"], ["barn"]]);
});

test("the card finds its battery by its device or by any entity of it, and no other integration's", () => {
  const hass = home();
  assert.equal(deviceOf(hass, { device: "garage" }).id, "garage");
  assert.equal(deviceOf(hass, { entity: "sensor.garage_power" }).id, "garage");
  assert.equal(deviceOf(hass, { entity: "sensor.village_transformer_load" }), undefined);
  assert.equal(deviceOf(hass, { device: "gone" }), undefined);
  delete hass.entities["sensor.garage_plan"];
  assert.equal(batteriesOf(hass).length, 1);
  for (const entity of Object.values(hass.entities)) entity.platform = "other";
  assert.deepEqual(batteriesOf(hass), []);
});

test("a vote has a section that is there while it is open", () => {
  const cardOf = (hass) => cardsOf(view({}, hass)).find(({ type }) => type === "custom:battery-commons-vote-card");
  assert.equal(cardOf(home({ changes: { "village.open_vote": null } })), undefined);
  const card = cardOf(home());
  assert.equal(card.entity, "sensor.village_open_vote");
  assert.deepEqual(card.visibility, [{ condition: "state", entity: card.entity, state_not: ["unavailable", "unknown"] }]);
});

test("what an answer would do is said with the own bill first, and what is not reckoned is left out", () => {
  const hass = home();
  const said = (option) => effectsOf(option, words(hass), formats(hass));
  const [bill, village, peak] = said({ own_bill_eur_per_month: 41.5, own_bill_is_estimated: true, cost_eur_per_month: -3, highest_import_w: 91_000 });
  assert.match(bill, /about .*41/);
  assert.match(village, /village together: .*3/);
  assert.match(peak, /91/);
  const [share, fund] = said({ own_share_eur: 12.5, to_fund_eur: 80 });
  assert.match(share, /your share .*12\.50/);
  assert.match(fund, /fund: .*80/);
  assert.match(said({ moved_kwh_per_week: 17.25 })[0], /17\.3 kWh a week/);
  assert.deepEqual(said({ own_bill_eur_per_month: null, cost_eur_per_month: null, highest_import_w: null }), []);
});

test("every word is used, and every word that is used is there", () => {
  const sources = readdirSync(FRONTEND).filter((name) => name !== "words.js").map((name) => readFileSync(new URL(name, FRONTEND), "utf8")).join("\n");
  const prefixes = [...sources.matchAll(/`(\w+_)\$\{/g)].map(([, prefix]) => prefix);
  for (const key of Object.keys(LANGUAGES.en)) {
    const built = prefixes.some((prefix) => key.startsWith(prefix));
    assert.ok(built || sources.includes(`"${key}"`), `nobody says "${key}"`);
  }
  for (const [, key] of sources.matchAll(/\bword\("(\w+)"/g)) assert.ok(key in LANGUAGES.en, key);
});

test("the modules ask nothing of the internet", () => {
  for (const name of readdirSync(FRONTEND)) {
    const source = readFileSync(new URL(name, FRONTEND), "utf8");
    for (const [, address] of source.matchAll(/(https?:\/\/[^"'`\s]+)/g)) {
      assert.match(address, /^(http:\/\/www\.w3\.org\/2000\/svg|https:\/\/github\.com\/battery-commons\/)/, name);
    }
  }
});
