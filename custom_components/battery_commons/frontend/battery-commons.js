/**
 * The one module that Home Assistant loads at start: it names the card and the dashboard, and fetches what draws
 * them when one of them is first shown. Its address holds a hash of this folder, so a browser may keep it for good.
 */
import { batteriesOf, entitiesOf, villagesOf } from "./entities.js";
import { words } from "./words.js";

const CARD = "battery-commons-card";
const VOTE_CARD = "battery-commons-vote-card";
const STRATEGY = "battery-commons";

/** What Home Assistant's pickers show is asked before anybody hands over a `hass`. */
const wordsOfPage = () => words(document.querySelector("home-assistant")?.hass);

class BatteryCommonsCard extends HTMLElement {
  #config;
  #hass;
  #view;

  static getStubConfig(hass) {
    return { device: batteriesOf(hass)[0]?.id ?? "" };
  }

  static getConfigForm() {
    const word = wordsOfPage();
    const ours = { integration: "battery_commons", domain: "sensor", device_class: "battery" };
    return {
      schema: [{ name: "device", required: true, selector: { device: { entity: [ours] } } }],
      computeLabel: (field) => (field.name === "device" ? word("card_device") : undefined),
      computeHelper: (field) => (field.name === "device" ? word("card_device_help") : undefined),
      assertConfig: (config) => {
        if (config.entity) throw new Error(word("card_entity_by_hand"));
      },
    };
  }

  setConfig(config) {
    // An empty device is what the picker starts with in a home without a battery: the card then says so.
    if (config.device === undefined && config.entity === undefined) {
      throw new Error(wordsOfPage()("card_needs_device"));
    }
    this.#config = config;
    this.#draw();
  }

  set hass(hass) {
    this.#hass = hass;
    this.#draw();
  }

  connectedCallback() {
    this.#view?.wake();
  }

  disconnectedCallback() {
    this.#view?.sleep();
  }

  getCardSize() {
    return 9;
  }

  getGridOptions() {
    return { columns: 12, min_columns: 6 };
  }

  async #draw() {
    const { CardView } = await import("./card.js");
    if (!this.#hass || !this.#config) return;
    if (!this.#view) {
      this.#view = new CardView(this);
      if (this.isConnected) this.#view.wake();
    }
    this.#view.show(this.#hass, this.#config);
  }
}

class BatteryCommonsVoteCard extends HTMLElement {
  #config;
  #hass;
  #view;

  static getStubConfig(hass) {
    return { entity: villagesOf(hass).map(({ id }) => entitiesOf(hass, id).open_vote).find(Boolean) ?? "" };
  }

  static getConfigForm() {
    const ours = { integration: "battery_commons", domain: "sensor" };
    return { schema: [{ name: "entity", required: true, selector: { entity: { filter: [ours] } } }] };
  }

  setConfig(config) {
    // An empty entity is what the picker starts with in a home whose village holds no votes: the card then says so.
    if (config.entity === undefined) throw new Error(wordsOfPage()("vote_card_needs_entity"));
    this.#config = config;
    this.#draw();
  }

  set hass(hass) {
    this.#hass = hass;
    this.#draw();
  }

  getCardSize() {
    return 4;
  }

  getGridOptions() {
    return { columns: 12, min_columns: 6 };
  }

  async #draw() {
    const { VoteView } = await import("./vote.js");
    if (!this.#hass || !this.#config) return;
    this.#view ??= new VoteView(this);
    this.#view.show(this.#hass, this.#config);
  }
}

class DashboardStrategy extends HTMLElement {
  static registryDependencies = ["entities", "devices"];
  static noEditor = true;

  static async generate(config, hass) {
    return (await import("./strategy.js")).dashboard(config, hass);
  }
}

class ViewStrategy extends HTMLElement {
  static registryDependencies = ["entities", "devices"];

  static async generate(config, hass) {
    return (await import("./strategy.js")).view(config, hass);
  }
}

for (const [tag, element] of [
  [CARD, BatteryCommonsCard],
  [VOTE_CARD, BatteryCommonsVoteCard],
  [`ll-strategy-dashboard-${STRATEGY}`, DashboardStrategy],
  [`ll-strategy-view-${STRATEGY}`, ViewStrategy],
]) {
  if (!customElements.get(tag)) customElements.define(tag, element);
}

const DOCUMENTATION = "https://github.com/battery-commons/battery-commons/blob/main/docs/dashboard.md";

for (const [type, name, description] of [
  [CARD, "card_name", "card_description"],
  [VOTE_CARD, "vote_card_name", "vote_card_description"],
]) {
  (window.customCards ??= []).push({
    type,
    preview: true,
    documentationURL: DOCUMENTATION,
    get name() {
      return wordsOfPage()(name);
    },
    get description() {
      return wordsOfPage()(description);
    },
  });
}

(window.customStrategies ??= []).push({
  type: STRATEGY,
  strategyType: "dashboard",
  documentationURL: DOCUMENTATION,
  name: "Battery Commons",
  get description() {
    return wordsOfPage()("strategy_description");
  },
});
