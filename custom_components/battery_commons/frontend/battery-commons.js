/**
 * The one module that Home Assistant loads at start: it names the card and the dashboard, and fetches what draws
 * them when one of them is first shown. Its address holds a hash of this folder, so a browser may keep it for good.
 */
import { batteriesOf } from "./entities.js";
import { words } from "./words.js";

const CARD = "battery-commons-card";
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
  [`ll-strategy-dashboard-${STRATEGY}`, DashboardStrategy],
  [`ll-strategy-view-${STRATEGY}`, ViewStrategy],
]) {
  if (!customElements.get(tag)) customElements.define(tag, element);
}

const DOCUMENTATION = "https://github.com/battery-commons/battery-commons/blob/main/docs/dashboard.md";

(window.customCards ??= []).push({
  type: CARD,
  preview: true,
  documentationURL: DOCUMENTATION,
  get name() {
    return wordsOfPage()("card_name");
  },
  get description() {
    return wordsOfPage()("card_description");
  },
});

(window.customStrategies ??= []).push({
  type: STRATEGY,
  strategyType: "dashboard",
  documentationURL: DOCUMENTATION,
  name: "Battery Commons",
  get description() {
    return wordsOfPage()("strategy_description");
  },
});
