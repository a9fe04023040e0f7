// The graph as the page was given it: nodes, values, groups. Everything is looked up by number.

const DATA = JSON.parse(document.getElementById("graph").textContent);
const NODES = DATA.names.length; // nodes are 0, 1, ...; groups follow them: NODES + group
const ROOT = NODES; // the first group holds everything
const VARIABLE_WORDS = { input: "input", label: "label", weight: "weight", parameter: "parameter", state: "state" };

const isGroup = (id) => id >= NODES;
const groupOf = (id) => DATA.groups[id - NODES];

const graph = {
  hidden: new Set(DATA.hidden),
  heads: new Set(DATA.heads),
  producer: new Int32Array(DATA.shape.length), // value -> the node that makes it
  readers: new Map(), // value -> nodes that read it
  bodies: new Map(), // node -> the group that shows the graphs it holds
  fed: new Map(), // variable of a held graph -> values of the graph around it
  yields: new Map(), // value of a holder -> values of the graphs that it holds
  updates: new Map(DATA.updates), // variable -> the value that it holds after a run
};

const append = (map, key, item) => {
  const found = map.get(key);
  if (found) found.push(item);
  else map.set(key, [item]);
};

for (let node = 0; node < NODES; node++) {
  const end = node + 1 < NODES ? DATA.first[node + 1] : DATA.shape.length;
  graph.producer.fill(node, DATA.first[node], end);
  for (const value of new Set(DATA.inputs[node])) append(graph.readers, value, node);
}
DATA.groups.forEach((group, place) => {
  if (group.owner !== null) graph.bodies.set(group.owner, NODES + place);
});
for (const [value, variable] of DATA.feeds) append(graph.fed, variable, value);
for (const [value, inner] of DATA.yields) append(graph.yields, value, inner);

// --- what a node is ---------------------------------------------------------------------------------------------

const isVariable = (node) => DATA.kind[node] < 0;
const kindOf = (node) => DATA.kinds[DATA.kind[node]]; // parameters and slots, shared by nodes that are alike
const opOf = (node) => DATA.ops[kindOf(node).op];
const nameOf = (id) => (isGroup(id) ? groupOf(id).name : DATA.names[id]);
const operatorName = (node) => (isVariable(node) ? DATA.roles[DATA.role[node]] : opOf(node).name);
const familyOf = (node) => (isVariable(node) ? `variable ${DATA.roles[DATA.role[node]]}` : opOf(node).family);
const partOf = (node) => DATA.parts[DATA.part[node]];
const lineOf = (node) => (DATA.line[node] < 0 ? "" : DATA.lines[DATA.line[node]]);
const slotsOf = (node) => (isVariable(node) ? [] : kindOf(node).slots);

/** The values that a node makes: [{value, name}], hidden ones only where somebody reads them. */
function outputsOf(node) {
  const start = DATA.first[node];
  if (isVariable(node)) return [{ value: start, name: "" }];
  const { outputs, visible } = kindOf(node);
  return outputs
    .map((name, place) => ({ value: start + place, name }))
    .filter(({ value }, place) => place < visible || graph.readers.has(value) || graph.heads.has(value));
}

/** What flows into a node: the values it reads, or, for a variable of a held graph, those that the holder hands it. */
const sourcesOf = (node) => graph.fed.get(node) ?? DATA.inputs[node];

/** Values of the graphs that stand behind a value of their holder; else the value itself. */
const originsOf = (value) => graph.yields.get(value) ?? [value];

// --- shapes, types and numbers, as text ---------------------------------------------------------------------------

const shapeOf = (value) => DATA.shapes[DATA.shape[value]];
const dtypeOf = (value) => (DATA.dtype[value] < 0 ? "" : DATA.dtypes[DATA.dtype[value]].name);

function shapeText(value) {
  const shape = shapeOf(value);
  if (!shape) return "";
  return shape.length ? shape.map((size) => size ?? "?").join(" × ") : "scalar";
}

const valueText = (value) => [shapeText(value), dtypeOf(value)].filter(Boolean).join("  ");

function bytesOf(value) {
  const shape = shapeOf(value);
  if (!shape || shape.includes(null)) return null;
  const size = DATA.dtype[value] < 0 ? 4 : DATA.dtypes[DATA.dtype[value]].size;
  return shape.reduce((all, one) => all * one, size);
}

/** The name of a value: `bn0_mean`; a variable's is its own. */
function valueName(value) {
  const node = graph.producer[value];
  const output = outputsOf(node).find((one) => one.value === value);
  return output && output.name ? `${DATA.names[node]}_${output.name}` : DATA.names[node];
}

function scaled(number, unit, base, prefixes) {
  let step = 0;
  while (Math.abs(number) >= base && step < prefixes.length - 1) {
    number /= base;
    step += 1;
  }
  const digits = step === 0 && Number.isInteger(number) ? 0 : Math.abs(number) < 10 ? 2 : Math.abs(number) < 100 ? 1 : 0;
  return `${number.toFixed(digits)} ${prefixes[step]}${unit}`.trim();
}

const bytesText = (bytes) => (bytes === null ? "" : scaled(bytes, "B", 1024, ["", "Ki", "Mi", "Gi", "Ti", "Pi"]));
const countText = (count) => (count === null ? "" : scaled(count, "", 1000, ["", "k", "M", "G", "T", "P"]));
const wholeText = (count) => count.toLocaleString("en-US");

const counted = (count, one) => `${wholeText(count)} ${one}${count === 1 ? "" : "s"}`;

function timeText(seconds) {
  if (seconds === null) return "";
  if (seconds === 0) return "0 s";
  const [factor, unit] = seconds >= 1 ? [1, "s"] : seconds >= 1e-3 ? [1e3, "ms"] : seconds >= 1e-6 ? [1e6, "µs"] : [1e9, "ns"];
  return `${Number((seconds * factor).toPrecision(3))} ${unit}`;
}

const MEASURES = {
  bytes: { title: "Bytes moved", text: bytesText },
  flops: { title: "FLOPs", text: countText },
  parameters: { title: "Parameters", text: countText },
  time: { title: "Time", text: timeText },
};

/** What a node costs by one measure; null where that is not known. */
const costOf = (node, measure) => DATA.costs[measure]?.[node] ?? null;
