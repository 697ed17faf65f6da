/**
 * The card of an open vote: what is asked, what each answer would do, and the home's own vote. What is chosen is in
 * this page's memory alone, until it is given.
 */
import { make } from "./element.js";
import { tells } from "./entities.js";
import { formats } from "./format.js";
import { STYLE } from "./style.js";
import { words } from "./words.js";

const DOMAIN = "battery_commons";

export class VoteView {
  #root;
  #part;
  #hass;
  #config;
  #shown;
  #voteId;
  #choice;
  #sure = false;
  #busy = false;
  #error = "";
  #page;

  constructor(host) {
    this.#root = host.attachShadow({ mode: "open" });
    const style = make("style");
    style.textContent = STYLE;
    this.#part = make("div", { class: "card" });
    this.#root.append(style, make("ha-card", {}, this.#part));
  }

  show(hass, config) {
    this.#hass = hass;
    this.#config = config;
    const vote = tells(hass, config.entity)?.attributes;
    if (vote?.vote_id !== this.#voteId) {
      [this.#voteId, this.#choice, this.#sure, this.#error] = [vote?.vote_id, undefined, false, ""];
    }
    const shown = JSON.stringify([vote, config.entity, hass.locale, hass.config?.time_zone]);
    if (shown === this.#shown) return;
    this.#shown = shown;
    this.#update();
  }

  #update() {
    const hass = this.#hass;
    const word = words(hass);
    const vote = tells(hass, this.#config.entity)?.attributes;
    const focused = this.#root.activeElement?.id;
    const children = vote ? this.#vote(vote, word, formats(hass)) : [make("p", { class: "question" }, word("vote_none"))];
    if (this.#error) children.push(make("p", { class: "notice", role: "alert" }, this.#error));
    children.push(this.#way(word));
    this.#part.replaceChildren(...children);
    if (focused) this.#root.getElementById(focused)?.focus();
  }

  #vote(vote, word, format) {
    const closes = Date.parse(vote.closes_at);
    const when = word("vote_closes", { day: format.longDay(closes), time: format.time(closes) });
    const others = vote.others ? ` ${word("vote_others", { count: vote.others })}` : "";
    const children = [make("h2", { class: "question" }, vote.title)];
    if (vote.explanation) children.push(make("p", { class: "explanation" }, vote.explanation));
    children.push(make("p", { class: "small" }, `${when}${others}`));
    const basis = { example: "vote_effects_example", reckoning: "vote_effects_reckoning", failed: "vote_effects_failed" };
    if (basis[vote.effects]) children.push(make("p", { class: "notice" }, word(basis[vote.effects])));
    if (typeof vote.fund_eur === "number") children.push(make("p", { class: "small" }, word("vote_fund_holds", { price: format.price(vote.fund_eur) })));
    if (!vote.votes_left) {
      const given = vote.own_ballots?.length ? "vote_given" : "vote_not_on_roll";
      children.push(this.#answers(vote, word, format, true), make("p", { role: "status" }, word(given)));
    } else if (this.#sure) {
      children.push(...this.#confirm(vote, word));
    } else {
      children.push(this.#answers(vote, word, format, false), make("p", { class: "small" }, word("vote_secret")));
      const ask = () => {
        if (!this.#choice) return;
        this.#sure = true;
        this.#update();
        this.#root.getElementById("yes")?.focus();
      };
      children.push(make("div", { class: "actions" }, this.#button("choose", word("vote_choose"), ask, !this.#choice)));
    }
    return children;
  }

  #answers(vote, word, format, over) {
    const options = vote.options.map((option) => {
      const lines = effectsOf(option, word, format).map((line) => make("span", {}, line));
      const said = make("div", {}, make("b", {}, option.label), ...lines);
      const id = `choice-${option.choice}`;
      const choose = () => {
        this.#choice = option.choice;
        this.#update();
      };
      const radio = make("input", { type: "radio", name: "choice", id, value: option.choice, onchange: choose, checked: option.choice === this.#choice });
      return make("label", { class: "option" }, over ? undefined : radio, said);
    });
    return make("fieldset", {}, make("legend", { class: "unseen" }, vote.title), ...options);
  }

  #confirm(vote, word) {
    const { label } = vote.options.find((option) => option.choice === this.#choice);
    const back = () => {
      this.#sure = false;
      this.#update();
      this.#root.getElementById("choose")?.focus();
    };
    return [
      make("p", { class: "notice", role: "status" }, word("vote_sure", { label })),
      make("div", { class: "actions" }, this.#button("yes", word("vote_yes"), () => this.#give(vote, word)), this.#button("back", word("vote_back"), back)),
    ];
  }

  #button(id, text, onclick, disabled = false) {
    return make("button", { id, type: "button", onclick, "aria-disabled": (this.#busy || disabled) && "true" }, text);
  }

  async #give(vote, word) {
    const choice = this.#choice;
    await this.#perform(word, () => this.#call("vote", { vote_id: vote.vote_id, choice }));
    [this.#choice, this.#sure] = [undefined, false];
    this.#update();
  }

  /** The way to the home's own page: a link that works once is only made when it is asked for. */
  #way(word) {
    if (this.#page) {
      const used = () => setTimeout(() => {
        this.#page = undefined;
        this.#update();
      });
      return make("p", { class: "small" }, make("a", { id: "page", href: this.#page, target: "_blank", rel: "noreferrer", onclick: used }, word("vote_page_open")));
    }
    const ask = () => this.#perform(word, async () => {
      const { response } = await this.#call("get_my_page", {}, true);
      this.#page = response.url;
    });
    return make("div", { class: "actions" }, this.#button("page", word("vote_page"), ask));
  }

  #call(action, data, answers = false) {
    const device = this.#hass.devices?.[this.#hass.entities?.[this.#config.entity]?.device_id];
    const entry = device?.primary_config_entry ? { config_entry: device.primary_config_entry } : {};
    return this.#hass.callService(DOMAIN, action, { ...data, ...entry }, undefined, false, answers);
  }

  async #perform(word, action) {
    if (this.#busy) return;
    [this.#busy, this.#error] = [true, ""];
    this.#update();
    try {
      await action();
    } catch (error) {
      this.#error = word("failed", { error: error.message });
    } finally {
      this.#busy = false;
      this.#update();
    }
  }
}

/** Return what an answer would do, in lines: the own bill first. */
export function effectsOf(option, word, format) {
  const lines = [];
  const bill = option.own_bill_eur_per_month;
  if (typeof bill === "number") {
    lines.push(word(option.own_bill_is_estimated ? "vote_bill_estimated" : "vote_bill", { price: format.price(bill) }));
  }
  if (typeof option.own_share_eur === "number") lines.push(word("vote_share", { price: format.price(option.own_share_eur) }));
  if (typeof option.to_fund_eur === "number") lines.push(word("vote_to_fund", { price: format.price(option.to_fund_eur) }));
  if (typeof option.moved_kwh_per_week === "number") lines.push(word("vote_moved", { energy: format.kilowattHours(option.moved_kwh_per_week) }));
  if (typeof option.cost_eur_per_month === "number") lines.push(word("vote_village", { price: format.price(option.cost_eur_per_month) }));
  if (typeof option.highest_import_w === "number") lines.push(word("vote_peak", { power: format.power(option.highest_import_w) }));
  return lines;
}
