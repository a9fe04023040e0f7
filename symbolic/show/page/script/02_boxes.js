// Boxes: nodes and groups as a tree, and the lines between those that stand side by side.
//
// A line that crosses the border of a group is cut there: outside it ends at the group, inside it starts at a port. So each
// group can be laid out for itself, and what is inside does not depend on what is opened elsewhere.

const boxes = {
  parent: null, // box -> group; -1 for the root and for weights that are not shown
  children: null, // group -> its boxes, in the order of the graph
  lines: null, // group -> Map of "from>to" -> line
  weights: false, // whether weights are boxes
};

/** A line between two boxes of one group. Ends are boxes, or ports: the line of the group around that goes on here. */
function addLine(group, from, to, value) {
  const lines = boxes.lines[group - NODES];
  const key = `${from.key}>${to.key}`;
  let line = lines.get(key);
  if (!line) {
    line = { id: boxes.count++, group, from, to, values: [] };
    lines.set(key, line);
  }
  if (line.values.length < 64 && !line.values.includes(value)) line.values.push(value);
  return line;
}

const boxEnd = (box) => ({ key: String(box), box, port: null });
const portEnd = (line, inward) => ({ key: `${inward ? "i" : "o"}${line.id}`, box: null, port: line, inward });

/** The box that stands for a node when everything is open. */
const ownBox = (node) => graph.bodies.get(node) ?? node;

/** The groups around a box, outermost first. */
function groupsAround(box) {
  const path = [];
  for (let group = boxes.parent[box]; group >= 0; group = boxes.parent[group]) path.push(group);
  return path.reverse();
}

function connect(value, from, to) {
  const above = [...groupsAround(from), from];
  const below = [...groupsAround(to), to];
  let common = 0;
  while (common < above.length && common < below.length && above[common] === below[common]) common += 1;
  if (common === 0 || common === above.length || common === below.length) return; // a group and something in it
  let line = addLine(above[common - 1], boxEnd(above[common]), boxEnd(below[common]), value);
  const outer = line;
  for (let depth = common; depth < above.length - 1; depth++) {
    line = addLine(above[depth], boxEnd(above[depth + 1]), portEnd(line, false), value);
  }
  line = outer;
  for (let depth = common; depth < below.length - 1; depth++) {
    line = addLine(below[depth], portEnd(line, true), boxEnd(below[depth + 1]), value);
  }
}

/** Build the tree and the lines, with weights as boxes of their own or as part of what reads them. */
function buildBoxes(weights) {
  const total = NODES + DATA.groups.length;
  boxes.weights = weights;
  boxes.count = 0;
  boxes.parent = new Int32Array(total).fill(-1);
  boxes.children = DATA.groups.map(() => []);
  boxes.lines = DATA.groups.map(() => new Map());
  DATA.groups.forEach((group, place) => {
    boxes.parent[NODES + place] = group.parent === null ? -1 : NODES + group.parent;
  });
  for (let node = NODES - 1; node >= 0; node--) {
    // readers come later in the order: their place is known
    const group = graph.hidden.has(node) ? (weights ? groupOfFirstReader(node) : -1) : NODES + DATA.group[node];
    if (!graph.bodies.has(node)) boxes.parent[node] = group;
  }
  const order = [];
  const seen = new Set();
  for (let node = 0; node < NODES; node++) {
    if (boxes.parent[ownBox(node)] < 0) continue;
    for (let box = ownBox(node); box >= 0 && !seen.has(box); box = boxes.parent[box]) {
      seen.add(box);
      order.push(box);
    }
  }
  for (const box of order) if (boxes.parent[box] >= 0) boxes.children[boxes.parent[box] - NODES].push(box);
  for (let node = 0; node < NODES; node++) {
    const to = ownBox(node);
    if (boxes.parent[to] < 0) continue;
    const inside = graph.bodies.has(node) ? new Set(handedOn(node)) : null;
    for (const value of sourcesOf(node)) {
      if (inside?.has(value)) continue; // drawn to the variables within
      for (const origin of originsOf(value)) {
        const from = ownBox(graph.producer[origin]);
        if (boxes.parent[from] >= 0) connect(origin, from, to);
      }
    }
  }
}

function groupOfFirstReader(node) {
  const reader = (graph.readers.get(DATA.first[node]) ?? [])[0];
  if (reader === undefined) return NODES + DATA.group[node];
  const body = graph.bodies.get(reader);
  return body === undefined ? boxes.parent[reader] : NODES + groupOf(body).parent;
}

const handed = new Map(); // holder -> the values that go on to variables of its graphs
for (const [value, variable] of DATA.feeds) {
  let group = DATA.groups[DATA.group[variable]];
  while (group && group.owner === null) group = DATA.groups[group.parent];
  if (group) append(handed, group.owner, value);
}
const handedOn = (node) => handed.get(node) ?? [];

/** The nodes in a box. */
function nodesIn(box) {
  if (!isGroup(box)) return [box];
  const found = [];
  const waiting = [box];
  while (waiting.length) {
    const group = waiting.pop();
    const { owner } = groupOf(group);
    if (owner !== null) found.push(owner);
    for (const child of boxes.children[group - NODES]) (isGroup(child) ? waiting : found).push(child);
  }
  return found;
}

const totals = new Map(); // "box measure" -> sum

/** What a box costs: the sum over its nodes; of a holder its own, which counts every step of what it holds. */
function costOfBox(box, measure) {
  if (!isGroup(box)) return costOf(box, measure);
  const { owner } = groupOf(box);
  if (owner !== null) return costOf(owner, measure);
  const key = `${box} ${measure}`;
  if (!totals.has(key)) {
    let sum = null;
    for (const child of boxes.children[box - NODES]) {
      const cost = costOfBox(child, measure);
      if (cost !== null) sum = (sum ?? 0) + cost;
    }
    totals.set(key, sum);
  }
  return totals.get(key);
}

/** The values that leave a box, for what stands outside of it or as outputs of the graph. */
function leaving(box) {
  const found = new Set();
  const group = boxes.parent[box];
  if (group < 0) return found;
  for (const line of boxes.lines[group - NODES].values()) if (line.from.box === box) line.values.forEach((value) => found.add(value));
  return found;
}
