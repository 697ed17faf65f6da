/**
 * How the card looks. Colours are the theme's own; those that carry a meaning are mixed with the colour of text, so
 * that they stand out from the card in every theme, and each comes with a pattern or a word of its own.
 */
export const STYLE = `
:host {
  --ink: var(--primary-text-color);
  --soft: var(--secondary-text-color);
  --faint: color-mix(in srgb, var(--primary-text-color) 16%, transparent);
  --charge: color-mix(in srgb, var(--blue-color, #2196f3) 72%, var(--primary-text-color));
  --discharge: color-mix(in srgb, var(--deep-purple-color, #6e41ab) 66%, var(--primary-text-color));
  --price: color-mix(in srgb, var(--amber-color, #ffc107) 48%, var(--primary-text-color));
  --load: color-mix(in srgb, var(--blue-grey-color, #607d8b) 70%, var(--primary-text-color));
  --red: color-mix(in srgb, var(--red-color, #f44336) 72%, var(--primary-text-color));
  --green: color-mix(in srgb, var(--green-color, #4caf50) 58%, var(--primary-text-color));
  display: block;
}
.card { padding: 16px; font-size: 14px; line-height: 1.4; color: var(--ink); container-type: inline-size; }
.head { display: flex; flex-wrap: wrap; align-items: baseline; gap: 2px 16px; }
h2 { margin: 0; font-size: 18px; font-weight: 500; flex: 1 1 auto; overflow-wrap: anywhere; }
.state { display: flex; flex-wrap: wrap; align-items: baseline; gap: 0 12px; font-variant-numeric: tabular-nums; }
.state b { font-size: 22px; font-weight: 500; }
.mode { color: var(--soft); }
.why { margin: 8px 0 0; font-size: 15px; }
.notice { margin: 12px 0 0; padding: 8px 12px; border-left: 4px solid var(--price); background: var(--faint); border-radius: 4px; }
.small { margin: 8px 0 0; color: var(--soft); font-size: 12px; }
.drawing { margin: 12px 0 0; overflow: hidden; touch-action: pan-y; }
svg { display: block; font-size: 11px; }
svg text { fill: var(--soft); font-variant-numeric: tabular-nums; }
svg text.title { fill: var(--ink); font-size: 12px; font-weight: 500; }
svg text.value { fill: var(--ink); font-size: 12px; }
svg text.midnight { fill: var(--ink); font-weight: 500; }
svg text.flag-text { fill: var(--card-background-color, #fff); font-weight: 500; }
.grid { stroke: var(--faint); }
.grid.zero, .grid.midnight { stroke: color-mix(in srgb, var(--ink) 38%, transparent); }
.bar.charge, .bar.still { fill: var(--charge); }
.bar.still { fill: var(--soft); }
.bar.discharge { fill: url(#discharge); stroke: var(--discharge); stroke-width: 1; }
.own-house { fill: url(#dots); }
.ink-own { fill: var(--soft); }
.ink-discharge { fill: var(--discharge); }
.ink-over, .ink-red { fill: var(--red); }
.ink-green { fill: var(--green); }
.area { fill-opacity: 0.16; }
.area.soc { fill: var(--charge); }
.area.load { fill: var(--load); }
.line { fill: none; stroke-width: 1.75; stroke-linejoin: round; }
.line.soc { stroke: var(--charge); }
.line.price { stroke: var(--price); }
.line.load { stroke: var(--load); }
.limit { fill: none; stroke: var(--red); stroke-width: 1.5; stroke-dasharray: 6 4; }
.over { fill: url(#over); stroke: var(--red); stroke-width: 1; }
.code { opacity: 0.26; }
.key .code { opacity: 0.7; }
.code.red { fill: url(#red); }
.code.green { fill: url(#green); }
.flag.red { fill: var(--red); }
.flag.green { fill: var(--green); }
.now line { stroke: var(--ink); stroke-width: 1.5; }
.now path { fill: var(--ink); }
.cursor { fill: color-mix(in srgb, var(--ink) 14%, transparent); pointer-events: none; }
.hit { fill: transparent; outline: none; cursor: crosshair; }
.hit:focus-visible { stroke: var(--ink); stroke-width: 2; }
.readout { margin: 4px 0 0; min-height: 2.8em; }
.key { display: flex; flex-wrap: wrap; gap: 4px 14px; margin: 8px 0 0; padding: 0; list-style: none; color: var(--soft); font-size: 12px; }
.key li { display: flex; align-items: center; gap: 6px; }
.key svg { flex: none; }
.rows { display: grid; gap: 8px; margin: 12px 0 0; padding: 0; list-style: none; }
.rows li { display: flex; flex-wrap: wrap; align-items: center; gap: 8px 12px; padding: 8px 12px; border: 1px solid var(--faint); border-left: 4px solid; border-radius: 8px; }
.rows li.red { border-left-color: var(--red); }
.rows li.green { border-left-color: var(--green); }
.rows p { margin: 0; flex: 1 1 200px; }
.rows span { display: block; color: var(--soft); }
.answers, .actions { display: flex; flex-wrap: wrap; gap: 8px; }
.actions { margin: 12px 0 0; justify-content: space-between; }
button { font: inherit; font-weight: 500; color: var(--ink); background: transparent; border: 1px solid color-mix(in srgb, var(--ink) 55%, transparent); border-radius: 18px; min-height: 36px; padding: 4px 14px; cursor: pointer; }
button:hover { background: var(--faint); }
button:focus-visible { outline: 2px solid var(--ink); outline-offset: 2px; }
button[aria-pressed="true"] { background: var(--ink); color: var(--card-background-color, #fff); }
button[aria-disabled="true"] { opacity: 0.6; cursor: progress; }
fieldset { margin: 12px 0 0; padding: 0; border: 0; display: grid; gap: 8px; min-width: 0; }
legend { padding: 0; font-weight: 500; }
label.option { display: flex; gap: 12px; padding: 10px 12px; border: 1px solid var(--faint); border-radius: 8px; cursor: pointer; }
label.option:has(input:checked) { border-color: var(--ink); }
label.option:has(input:focus-visible) { outline: 2px solid var(--ink); outline-offset: 2px; }
label.option input { align-self: start; margin: 4px 0 0; outline: none; }
label.option b, label.option span { display: block; overflow-wrap: anywhere; }
label.option span { color: var(--soft); }
.question { margin: 0; font-size: 18px; font-weight: 500; overflow-wrap: anywhere; }
.explanation { margin: 8px 0 0; white-space: pre-line; overflow-wrap: anywhere; }
a { color: inherit; }
.table { max-height: 320px; overflow: auto; margin: 8px 0 0; }
.table:focus-visible { outline: 2px solid var(--ink); }
table { border-collapse: collapse; width: 100%; font-size: 13px; font-variant-numeric: tabular-nums; }
caption { text-align: start; color: var(--soft); padding: 4px 8px; }
th, td { text-align: start; vertical-align: top; padding: 4px 8px; border-bottom: 1px solid var(--faint); }
thead th { position: sticky; top: 0; background: var(--card-background-color, #fff); font-weight: 500; }
tbody th { font-weight: 400; white-space: nowrap; }
.unseen { position: absolute; width: 1px; height: 1px; margin: -1px; padding: 0; border: 0; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
[hidden] { display: none; }
.cursor rect { transition: x 80ms linear; }
@media (prefers-reduced-motion: reduce) { .cursor rect { transition: none; } }
@media (forced-colors: active) { .bar, .line, .limit, .now line { forced-color-adjust: none; } }
`;
