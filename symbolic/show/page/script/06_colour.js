// What the colours say: the family of an operator, or a share of bytes, operations or time.

const PALETTES = {
  family: "Operator family",
  part: "Forward, gradient, update",
  bytes: MEASURES.bytes.title,
  flops: MEASURES.flops.title,
  parameters: MEASURES.parameters.title,
  time: MEASURES.time.title,
};
const FAMILY_TITLES = {
  layer: "layer", normalisation: "normalisation", activation: "activation", pooling: "pooling, sampling", arithmetic: "arithmetic",
  movement: "movement", loss: "loss", update: "update", chance: "chance", unknown: "unknown operator",
};
const PART_HUES = { forward: "layer", gradient: "loss", update: "update" };
const MARKS = { forward: "", gradient: "∂", update: "↻" };

// "YlOrBr" of Paul Tol (2021): lighter is less, also in grey and to the colour-blind.
const RAMP = ["#FFFFE5", "#FFF7BC", "#FEE391", "#FEC44F", "#FB9A29", "#EC7014", "#CC4C02", "#993404", "#662506"];

/** Red, green and blue at a place of the ramp, 0 to 1. */
function rampAt(share) {
  const place = Math.min(Math.max(share, 0), 1) * (RAMP.length - 1);
  const low = Math.min(Math.floor(place), RAMP.length - 2);
  const parts = (colour) => [1, 3, 5].map((start) => parseInt(colour.slice(start, start + 2), 16));
  const [a, b] = [parts(RAMP[low]), parts(RAMP[low + 1])];
  return a.map((one, index) => Math.round(one + (b[index] - one) * (place - low)));
}

const spelled = (colour) => `rgb(${colour.join(" ")})`;

/** Black or white, whichever reads better: the contrast is 4.5 at least. */
function inkOn(colour) {
  const linear = colour.map((one) => ((one / 255 + 0.055) / 1.055) ** 2.4);
  return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2] > 0.179 ? "#000000" : "#ffffff";
}

const isHeat = () => state.colour in MEASURES;

/** The colours that there is something to say with. */
const palettes = () =>
  Object.keys(PALETTES).filter((name) => (name in MEASURES ? name in DATA.costs : name === "family" || DATA.part.some((part) => part > 0)));

/** Classes of a box by family or part. */
function hueOf(box) {
  const part = partOfBox(box);
  if (state.colour === "part") return `${PART_HUES[part] ?? "group"} ${part}`;
  return `${isGroup(box) ? (groupOf(box).owner === null ? "group" : familyOf(groupOf(box).owner)) : familyOf(box)} ${part}`;
}

const parts = new Map();

/** Which part of a program a box belongs to; a group of several parts to none. */
function partOfBox(box) {
  if (!isGroup(box)) return partOf(box);
  if (!parts.has(box)) {
    const { owner } = groupOf(box);
    const found = new Set(owner === null ? boxes.children[box - NODES].map(partOfBox) : [partOf(owner)]);
    parts.set(box, found.size === 1 ? [...found][0] : "mixed");
  }
  return parts.get(box);
}

/** Paint all boxes by the measure chosen, and lines by the bytes that flow. */
function paint() {
  const measure = isHeat() ? state.colour : null;
  let most = 0;
  if (measure) for (const { box } of drawn.boxes.values()) most = Math.max(most, costOfBox(box, measure) ?? 0);
  for (const { box, element } of drawn.boxes.values()) {
    const cost = measure ? costOfBox(box, measure) : null;
    const hot = cost !== null && cost > 0;
    const share = hot ? Math.sqrt(cost / most) : 0; // areas of 1 and 100 differ as 1 and 10 do: small ones stay visible
    element.classList.toggle("hot", hot);
    element.classList.toggle("cold", Boolean(measure) && !hot);
    element.style.setProperty("--heat", spelled(rampAt(share)));
    element.style.setProperty("--on-heat", inkOn(rampAt(share)));
  }
  const largest = measure === "bytes" ? Math.max(1, ...drawn.routes.map(({ bytes }) => bytes)) : 1;
  for (const { element, bytes } of drawn.routes) {
    if (measure === "bytes") element.style.setProperty("--wide", `${round(1 + 6 * Math.sqrt(bytes / largest))}px`);
    else element.style.removeProperty("--wide");
  }
  showLegend(measure, most);
}

function showLegend(measure, most) {
  const legend = document.getElementById("legend");
  const sample = (hue, text) => make("span", {}, make("i", { class: `swatch ${hue}` }), text);
  if (measure) {
    legend.hidden = false;
    const ramp = make("i", { class: "ramp" });
    ramp.style.background = `linear-gradient(90deg, ${RAMP.join(", ")})`;
    const text = MEASURES[measure].text;
    legend.replaceChildren(make("b", {}, MEASURES[measure].title), "0", ramp, most ? text(most) : "nothing known");
    return;
  }
  const shown = new Set([...drawn.boxes.values()].flatMap(({ box }) => hueOf(box).split(" ")));
  const entries = state.colour === "part" ? [] : Object.keys(FAMILY_TITLES).filter((name) => shown.has(name)).map((name) => sample(name, FAMILY_TITLES[name]));
  if (shown.has("variable") && state.colour !== "part") entries.push(sample("variable", "variable"));
  if (["gradient", "update"].some((part) => shown.has(part) && DATA.part.some((one) => one > 0))) {
    for (const part of DATA.parts) {
      const border = part === "gradient" ? "dashed" : part === "update" ? "dotted" : "";
      const hue = state.colour === "part" ? PART_HUES[part] : "group";
      entries.push(sample(`${hue} ${border}`, `${part} ${MARKS[part]}`));
    }
  }
  legend.replaceChildren(...entries);
  legend.hidden = entries.length < 2;
}
