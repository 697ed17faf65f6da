/** Numbers and times as the resident's Home Assistant writes them, in the home's own time zone. */

const NUMBERS = {
  comma_decimal: ["en-US", "en"],
  decimal_comma: ["de", "es", "it"],
  space_comma: ["fr", "sv", "cs"],
  quote_decimal: ["de-CH"],
};

const UNITS = { W: 1, kW: 1_000, MW: 1_000_000 };

/** Return the power of a state in watts; undefined where it has no unit of power. */
export function wattsOf(state) {
  const factor = UNITS[state?.attributes?.unit_of_measurement];
  const value = state && state.state !== "" ? Number(state.state) * factor : NaN;
  return Number.isFinite(value) ? value : undefined;
}

/** Return the formats of a home. */
export function formats(hass) {
  const locale = hass.locale ?? {};
  const language = locale.language ?? hass.language ?? "en";
  const timeZone = hass.config?.time_zone;
  const numbers = locale.number_format === "system" ? undefined : (NUMBERS[locale.number_format] ?? language);
  const times = locale.time_format === "system" ? undefined : language;
  const clock = { 12: { hour12: true }, 24: { hourCycle: "h23" } }[locale.time_format] ?? {};

  const made = new Map();
  /** Making a format costs far more than using it. */
  const format = (kind, locales, options) => {
    const key = `${kind.name}${locales}${JSON.stringify(options)}`;
    if (!made.has(key)) made.set(key, new kind(locales, options));
    return made.get(key);
  };
  const number = (value, least, most, options = {}) => {
    const digits = { minimumFractionDigits: least, maximumFractionDigits: most };
    const grouping = locale.number_format === "none" ? { useGrouping: false } : {};
    return format(Intl.NumberFormat, numbers, { ...digits, ...grouping, ...options }).format(value);
  };
  const moment = (value, options) => format(Intl.DateTimeFormat, times, { timeZone, ...options }).format(value);

  const twelveHours = format(Intl.DateTimeFormat, times, { hour: "numeric", ...clock }).resolvedOptions().hour12;
  const hour = twelveHours ? "numeric" : "2-digit";

  const localTime = (value) => {
    const parts = format(Intl.DateTimeFormat, "en", {
      timeZone,
      hourCycle: "h23",
      hour: "numeric",
      minute: "numeric",
    }).formatToParts(value);
    const part = (type) => Number(parts.find((each) => each.type === type).value);
    return { hour: part("hour"), minute: part("minute") };
  };

  return {
    localTime,
    percent: (value) => `${number(value, 0, 0)} %`,
    /** A power without its sign's meaning: the caller says in words which way it goes. */
    power: (watts) => {
      const most = Math.abs(watts) >= 100_000 ? 0 : 1;
      return Math.abs(watts) < 1_000 ? `${number(watts, 0, 0)} W` : `${number(watts / 1_000, most, most)} kW`;
    },
    kilowattHours: (kwh) => `${number(kwh, 0, 1)} kWh`,
    kilowatts: (watts) => number(watts / 1_000, 0, 1),
    price: (euro) => number(euro, 2, 2, { style: "currency", currency: "EUR" }),
    time: (value) => moment(value, { hour, minute: "2-digit", ...clock }),
    /** A whole hour, as short as a clock's marks are. */
    hour: (value) => moment(value, twelveHours ? { hour, ...clock } : { hour, minute: "2-digit", ...clock }),
    weekday: (value) => moment(value, { weekday: "short" }),
    day: (value) => moment(value, { weekday: "long" }),
    longDay: (value) => moment(value, { weekday: "long", day: "numeric", month: "long" }),
    /** The date alone, to see whether two moments fall on one day. */
    date: (value) => format(Intl.DateTimeFormat, "en-CA", { timeZone, dateStyle: "short" }).format(value),
  };
}
