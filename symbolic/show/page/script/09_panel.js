// The panel beside the graph: all that is known of what is chosen; of the graph as a whole where nothing is.

const panel = document.getElementById("panel");
const MOST_LISTED = 60; // entries of a list; the rest are counted

/** A link that chooses a node or group. */
function linkTo(id, text = null) {
  const link = make("a", { href: hashOf(id), "data-choose": id }, text ?? (isGroup(id) ? headerText(id) : DATA.names[id] || "(no name)"));
  return link;
}

const section = (title, ...content) => (content.length ? [make("h3", {}, title), ...content] : []);

function table(rows, kind = "") {
  const filled = rows.filter(([, text]) => text !== "" && text !== null);
  if (!filled.length) return [];
  return [make("table", { class: kind }, ...filled.map(([word, text, kind]) => make("tr", { class: kind ?? "" }, make("th", { scope: "row" }, word), make("td", {}, text))))];
}

function list(items) {
  if (!items.length) return [];
  const rest = items.length - MOST_LISTED;
  const rows = items.slice(0, MOST_LISTED).map((item) => make("li", {}, ...item()));
  return [make("ul", {}, ...rows, rest > 0 ? make("li", {}, `and ${wholeText(rest)} more`) : null)];
}

/** Text in which what stands between double backquotes is code. */
const withCode = (text) => text.split("``").map((piece, place) => (place % 2 ? make("code", {}, piece) : piece));

const act = (text, action, pressed = null) =>
  make("button", { type: "button", "data-act": action, ...(pressed === null ? {} : { "aria-pressed": String(pressed) }) }, text);

function showPanel() {
  const id = state.chosen;
  panel.replaceChildren(...(id === null ? ofGraph() : isGroup(id) && groupOf(id).owner === null ? ofGroup(id) : ofNode(isGroup(id) ? groupOf(id).owner : id)));
  panel.scrollTop = 0;
}

const traceActs = () => [
  act("Ancestors (a)", "above", state.trace.above),
  act("Descendants (d)", "below", state.trace.below),
];

// --- a node ------------------------------------------------------------------------------------------------------------

function ofNode(node) {
  const part = partOf(node);
  const head = make("h2", {}, DATA.names[node] || "(no name)");
  const kind = make("p", { class: "kind" }, isVariable(node) ? `${operatorName(node)} (variable)` : operatorName(node));
  if (part !== "forward") kind.append(make("span", { class: "badge" }, `${part} ${MARKS[part]}`));
  if (outputsOf(node).some(({ value }) => graph.heads.has(value))) kind.append(make("span", { class: "badge" }, "output"));
  const body = graph.bodies.get(node);
  const acts = [...traceActs(), act("Centre", "centre"), ...(body === undefined ? [] : [act(state.open.has(body) ? "Collapse" : "Expand", "toggle")])];
  const line = lineOf(node);
  return [
    head,
    kind,
    isVariable(node) ? null : make("p", { class: "doc" }, ...withCode(opOf(node).doc)),
    make("div", { class: "acts" }, ...acts),
    ...section("Parameters", ...givenParameters(node)),
    ...defaults(node),
    ...section("Inputs", ...list(inputsOf(node))),
    ...section("Outputs", ...list(resultsOf(node))),
    ...section("Cost", ...table(costRows(node))),
    ...section("Annotations", ...table(Object.entries(DATA.attrs[node] ?? {}))),
    ...section("Made at", ...(line ? [make("code", {}, line)] : [])),
    ...section("Within", ...within(ownBox(isBox(ownBox(node)) ? node : readerOf(node)))),
  ].filter(Boolean);
}

function givenParameters(node) {
  if (isVariable(node)) return [];
  return table(Object.entries(kindOf(node).words).map(([word, text]) => [word, text]));
}

/** What the user left at its default, folded away. */
function defaults(node) {
  if (isVariable(node)) return [];
  const { words } = kindOf(node);
  const rows = Object.entries(opOf(node).params).filter(([word, [text]]) => !(word in words) && text !== null);
  if (!rows.length) return [];
  return [make("details", {}, make("summary", {}, `${rows.length} left at default`), ...table(rows.map(([word, [text]]) => [word, text, "default"])))];
}

const inputsOf = (node) =>
  isVariable(node)
    ? sourcesOf(node).map((value) => () => [linkTo(graph.producer[value]), make("small", {}, `handed in: ${valueText(value)}`)])
    : DATA.inputs[node].map((value, place) => () => [
        make("span", { class: "key" }, `${slotsOf(node)[place] ?? place}:`),
        linkTo(graph.producer[value], valueName(value)),
        make("small", {}, valueText(value)),
      ]);

const resultsOf = (node) =>
  outputsOf(node).map(({ value, name }) => () => {
    const readers = [...(graph.readers.get(value) ?? []), ...(handedTo.get(value) ?? [])];
    const to = readers.slice(0, MOST_LISTED).flatMap((reader, place) => (place ? [", ", linkTo(reader)] : ["to ", linkTo(reader)]));
    if (readers.length > MOST_LISTED) to.push(` and ${readers.length - MOST_LISTED} more`);
    if (graph.heads.has(value)) to.push(to.length ? " and out of the graph" : "out of the graph");
    const facts = [valueText(value), bytesText(bytesOf(value))].filter(Boolean).join("  ·  ");
    return [facts || name || "value", name && facts ? make("span", { class: "badge" }, name) : null, to.length ? make("small", {}, ...to) : null].filter(Boolean);
  });

function costRows(id) {
  const rows = Object.entries(MEASURES).map(([measure, { title, text }]) => {
    const cost = costOfBox(id, measure);
    const unknown = measure === "time" ? 0 : nodesOf(id).filter((node) => !isVariable(node) && costOf(node, measure) === null).length;
    if (unknown) return [title, [cost && `${text(cost)}, and`, unknown > 1 ? `unknown for ${counted(unknown, "operator")}` : "unknown"].filter(Boolean).join(" ")];
    if (cost === null) return [title, ""];
    const all = costOfBox(ROOT, measure);
    const share = (100 * cost) / all;
    return [title, cost && id !== ROOT ? `${text(cost)}  (${share < 0.1 ? "< 0.1" : round(share)} %)` : text(cost)];
  });
  return rows;
}

const within = (box) => {
  const path = groupsAround(box).filter((group) => group !== ROOT);
  return path.length ? [make("p", { class: "doc" }, ...path.flatMap((group, place) => (place ? [" › ", linkTo(group)] : [linkTo(group)])))] : [];
};

// --- a group, the graph --------------------------------------------------------------------------------------------------

function ofGroup(group) {
  const { name, label, repeats } = groupOf(group);
  const members = nodesIn(group);
  return [
    make("h2", {}, name || label),
    make("p", { class: "kind" }, `group of ${counted(members.length, "node")}${repeats > 1 ? `: ${repeats} alike` : ""}`),
    make("div", { class: "acts" }, act(state.open.has(group) ? "Collapse" : "Expand", "toggle"), act("Expand all in it", "widely"), ...traceActs(), act("Centre", "centre")),
    ...section("Cost", ...table(costRows(group))),
    ...section("Operators", ...table(operatorsIn(members), "counts")),
    ...section("Inputs", ...list(crossing(group, "to"))),
    ...section("Outputs", ...list(crossing(group, "from"))),
    ...section("Within", ...within(group)),
  ];
}

function operatorsIn(members) {
  const counts = new Map();
  for (const node of members) if (!isVariable(node)) counts.set(operatorName(node), (counts.get(operatorName(node)) ?? 0) + 1);
  return [...counts].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1)).slice(0, MOST_LISTED).map(([name, count]) => [name, wholeText(count)]);
}

/** Values that enter (`to`) or leave (`from`) a group. */
function crossing(group, end) {
  const values = new Set();
  for (const line of boxes.lines[boxes.parent[group] - NODES].values()) if (line[end].box === group) line.values.forEach((value) => values.add(value));
  return [...values].map((value) => () => [linkTo(graph.producer[value], valueName(value)), make("small", {}, valueText(value))]);
}

function ofGraph() {
  const nodes = DATA.names.map((_, node) => node);
  const operators = nodes.filter((node) => !isVariable(node));
  const inputs = nodes.filter((node) => isVariable(node) && !graph.hidden.has(node) && !graph.fed.has(node));
  const variable = (node) => () => [linkTo(node), make("small", {}, [operatorName(node), valueText(DATA.first[node])].filter(Boolean).join("  ·  "))];
  const weights = DATA.hidden.filter((node) => isVariable(node));
  const head = (value) => () => [linkTo(graph.producer[value], valueName(value)), make("small", {}, valueText(value))];
  return [
    make("h2", {}, DATA.title),
    make("p", { class: "kind" }, `${counted(operators.length, "operator")}, ${counted(nodes.length - operators.length, "variable")}`),
    make("p", { class: "doc onscreen" }, "Click a box to see what is known of it; double-click a group to open it."),
    make("div", { class: "acts" }, act("Keys (?)", "keys")),
    ...section("Cost of one run", ...table([...costRows(ROOT), ["Time elsewhere", DATA.unplaced ? timeText(DATA.unplaced) : ""]])),
    ...section("Inputs", ...list(inputs.map(variable))),
    ...section("Outputs", ...list([...graph.heads].map(head))),
    ...section("Operators", ...table(operatorsIn(operators), "counts")),
    make("div", { class: "onscreen" }, ...section("Weights and states", ...list(weights.map(variable)))),
  ];
}
