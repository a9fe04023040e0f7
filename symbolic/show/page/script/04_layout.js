// Where boxes and lines go. Each group is laid out by dagre for itself; open groups are large boxes in the group around them.
//
// Lines run straight down through a layer and bend only between layers, so they cross no box and no text, however
// different the heights of boxes are.

const GAP = { node: 18, edge: 14, rank: 36 };
const BORDER = { top: 38, topPort: 24, side: 16, bottom: 16, bottomPort: 0 }; // ports bring a layer, and its gap, of their own
const MOST_PORTS = 12; // more lines than these enter or leave a group as one

const layouts = new Map(); // group -> its layout, as long as nothing in it is opened or closed

function forgetLayouts(group) {
  for (; group >= 0; group = boxes.parent[group]) layouts.delete(group);
}

/** Lay out a group: {width, height, places: box -> {x, y, width, height}, routes: [{line, points}], ports: line id -> x}. */
function layoutOf(group) {
  let layout = layouts.get(group);
  if (!layout) {
    layout = layOut(group);
    layouts.set(group, layout);
  }
  return layout;
}

const isOpen = (box) => isGroup(box) && state.open.has(box);

const sizeOf = (box) => {
  if (isOpen(box)) {
    const { width, height } = layoutOf(box);
    return { width, height, strip: 0, reach: 0 };
  }
  return labelOf(box);
};

/** The name of a line's end in the layout: ports of a crowded border are one. */
function endsOf(group) {
  const lines = [...boxes.lines[group - NODES].values()];
  const count = { i: new Set(), o: new Set() };
  for (const { from, to } of lines) for (const end of [from, to]) if (end.port) count[end.inward ? "i" : "o"].add(end.key);
  const name = (end) => (end.port && count[end.key[0]].size > MOST_PORTS ? `${end.key[0]}all` : end.key);
  return { lines, name };
}

function layOut(group) {
  const inner = new dagre.graphlib.Graph();
  inner.setGraph({ nodesep: GAP.node, edgesep: GAP.edge, ranksep: GAP.rank, ranker: rankInOrder });
  for (const box of boxes.children[group - NODES]) {
    const { width, height, strip, reach } = sizeOf(box);
    inner.setNode(String(box), { width: Math.max(width, 2 * reach), height: height + strip, box });
  }
  const { lines, name } = endsOf(group);
  const drawn = new Map(); // "from>to" -> lines that are one here
  for (const line of lines) {
    for (const end of [line.from, line.to]) {
      if (end.port && !inner.hasNode(name(end))) inner.setNode(name(end), { width: 1, height: 1, port: end.inward ? "in" : "out" });
    }
    const key = [name(line.from), name(line.to)];
    if (key[0] === key[1]) continue;
    append(drawn, key.join(">"), line);
    inner.setEdge(key[0], key[1], { weight: 1, minlen: 1 });
  }
  straightenChains(inner);
  dagre.layout(inner);
  keepOrder(inner);
  return placed(group, inner, drawn, name);
}

/** Lines between boxes that have no other are to be straight. */
function straightenChains(inner) {
  for (const edge of inner.edges()) {
    const single = (inner.outEdges(edge.v)?.length === 1) + (inner.inEdges(edge.w)?.length === 1);
    inner.edge(edge).weight = 1 + 2 * single;
  }
}

/**
 * Give each node a layer: ports ("i7" going in, "o7" going out) on the borders, the others as early as their inputs allow,
 * sources beside their readers. dagre calls this with edges that point down, twice as long as they will be.
 */
function rankInOrder(inner) {
  const root = inner.graph().nestingRoot;
  const nodes = inner.nodes().filter((node) => node !== root);
  const entering = (node) => inner.inEdges(node).filter((edge) => edge.v !== root);
  const waiting = new Map(nodes.map((node) => [node, entering(node).length]));
  const order = nodes.filter((node) => waiting.get(node) === 0);
  for (const node of order) inner.node(node).rank = 0;
  for (let place = 0; place < order.length; place++) {
    const { rank } = inner.node(order[place]);
    for (const edge of inner.outEdges(order[place])) {
      const below = inner.node(edge.w);
      below.rank = Math.max(below.rank ?? 0, rank + inner.edge(edge).minlen);
      waiting.set(edge.w, waiting.get(edge.w) - 1);
      if (waiting.get(edge.w) === 0) order.push(edge.w);
    }
  }
  for (const node of order.reverse()) {
    const leavingEdges = inner.outEdges(node);
    if (!leavingEdges.length || node.startsWith("i") || entering(node).length > 0) continue;
    inner.node(node).rank = Math.min(...leavingEdges.map((edge) => inner.node(edge.w).rank - inner.edge(edge).minlen));
  }
  const deepest = Math.max(0, ...nodes.map((node) => inner.node(node).rank));
  for (const node of nodes) if (node.startsWith("o")) inner.node(node).rank = deepest;
  if (root) inner.node(root).rank = -1;
}

/** Mirror a layout whose layers run against the order of the graph: earlier nodes belong on the left. */
function keepOrder(inner) {
  const layers = new Map();
  for (const key of inner.nodes()) if (inner.node(key).box !== undefined) append(layers, Math.round(inner.node(key).y), inner.node(key));
  let tendency = 0;
  for (const nodes of layers.values()) {
    const sorted = nodes.slice(0, 40); // as they were entered: in the order of the graph
    sorted.forEach(({ x }, place) => sorted.slice(0, place).forEach((before) => (tendency += Math.sign(x - before.x))));
  }
  if (tendency >= 0) return;
  for (const key of inner.nodes()) inner.node(key).x *= -1;
  for (const edge of inner.edges()) for (const point of inner.edge(edge).points) point.x *= -1;
}

/** How far nodes and lines reach to both sides. */
function sidesOf(inner) {
  let [least, most] = [Infinity, -Infinity];
  const reach = (x, half) => ([least, most] = [Math.min(least, x - half), Math.max(most, x + half)]);
  for (const key of inner.nodes()) reach(inner.node(key).x, inner.node(key).width / 2);
  for (const edge of inner.edges()) for (const { x } of inner.edge(edge).points) reach(x, 2);
  return least <= most ? { least, width: most - least } : { least: 0, width: 0 };
}

/** Whether the first and the last layer hold nothing but ports: then the gap beside them is border enough. */
function bordersOf(inner) {
  const nodes = inner.nodes().map((key) => ({ port: inner.node(key).port, y: Math.round(inner.node(key).y) }));
  const [first, last] = [Math.min(...nodes.map(({ y }) => y)), Math.max(...nodes.map(({ y }) => y))];
  const only = (line) => nodes.every(({ port, y }) => y !== line || port);
  return { top: only(first), bottom: only(last) };
}

/** Read positions off: the origin becomes the corner of the group. */
function placed(group, inner, drawn, name) {
  const open = group !== ROOT;
  const left = open ? BORDER.side : 0;
  const edges = bordersOf(inner);
  const top = open ? (edges.top ? BORDER.topPort : BORDER.top) : 0;
  const bottom = open ? (edges.bottom ? BORDER.bottomPort : BORDER.bottom) : 0;
  const { least, width } = sidesOf(inner);
  const { height = 0 } = inner.graph();
  const outer = {
    width: Math.max(width + 2 * left, open ? headerWidth(group) : 0),
    height: (Number.isFinite(height) ? height : 0) + top + bottom,
    places: new Map(),
    routes: [],
    ports: new Map(),
  };
  const shift = (outer.width - width) / 2 - least; // a wide header has its content in the middle
  const layers = new Map(); // y of the middle -> half of the height
  for (const key of inner.nodes()) {
    const node = inner.node(key);
    layers.set(Math.round(node.y), Math.max(layers.get(Math.round(node.y)) ?? 0, node.height / 2));
    if (node.box === undefined) continue;
    const { width, height } = sizeOf(node.box);
    outer.places.set(node.box, { x: node.x - width / 2 + shift, y: node.y - node.height / 2 + top, width, height });
  }
  turnGroups(inner, drawn, outer);
  const arrivals = new Map(); // box -> routes that end there
  for (const edge of inner.edges()) {
    const lines = drawn.get(`${edge.v}>${edge.w}`);
    const route = routed(inner, edge, layers, shift, top, outer);
    for (const line of lines) {
      if (line.from.port) outer.ports.set(line.from.port.id, inner.node(edge.v).x + shift);
      if (line.to.port) outer.ports.set(line.to.port.id, inner.node(edge.w).x + shift);
    }
    outer.routes.push(...atPorts(route, lines, outer));
    if (route.to !== undefined && !isOpen(route.to)) append(arrivals, route.to, route);
  }
  for (const [box, routes] of arrivals) spread(outer.places.get(box), routes);
  return outer;
}

/** Turn an open group left to right where its lines would cross more often than not. */
function turnGroups(inner, drawn, outer) {
  for (const box of outer.places.keys()) {
    if (!isOpen(box)) continue;
    const { ports } = layoutOf(box);
    let tendency = 0; // how much more often lines keep their order than not
    for (const edges of [inner.inEdges(String(box)), inner.outEdges(String(box))]) {
      const ends = edges.flatMap((edge) => {
        const other = inner.node(edge.v === String(box) ? edge.w : edge.v).x;
        return drawn.get(`${edge.v}>${edge.w}`).map((line) => [other, ports.get(line.id) ?? 0]);
      });
      ends.slice(0, 40).forEach(([x, port], place) => {
        for (const [other, second] of ends.slice(0, place)) tendency += Math.sign((x - other) * (port - second));
      });
    }
    if (tendency < 0) turn(box);
  }
}

/** Mirror the layout of a group, and of the open groups within. */
function turn(group) {
  const layout = layoutOf(group);
  const mirrored = (x) => layout.width - x;
  for (const [box, place] of layout.places) {
    place.x = mirrored(place.x + place.width);
    if (isOpen(box)) turn(box);
  }
  for (const { points } of layout.routes) for (const point of points) point.x = mirrored(point.x);
  for (const [line, x] of layout.ports) layout.ports.set(line, mirrored(x));
}

/** Move the ends of a route to the ports of open groups; lines that were one before may part there. */
function atPorts(route, lines, outer) {
  const portOf = (box, line, otherwise) => {
    if (box === undefined || !isOpen(box)) return otherwise;
    const x = layoutOf(box).ports.get(line.id);
    return x === undefined ? otherwise : outer.places.get(box).x + x;
  };
  const found = new Map(); // ends -> route
  for (const line of lines) {
    const first = portOf(route.from, line, route.points[0].x);
    const last = portOf(route.to, line, route.points.at(-1).x);
    const key = `${first} ${last}`;
    if (!found.has(key)) {
      const one = found.size ? { ...route, points: route.points.map((point) => ({ ...point })) } : route;
      for (const point of one.points.slice(0, 2)) point.x = first;
      for (const point of one.points.slice(-2)) point.x = last;
      found.set(key, Object.assign(one, { lines: [] }));
    }
    found.get(key).lines.push(line);
  }
  return found.values();
}

const headerWidth = (group) => textWidth(shortened(headerText(group), 44), "title") + 2 * BORDER.side + 40;

function headerText(group) {
  const { name, label, owner } = groupOf(group);
  return owner === null ? label || name : `${operatorName(owner)} · ${DATA.names[owner]}`;
}

/** The course of a line: from the lower side of one box, straight through each layer, to the upper side of another. */
function routed(inner, edge, layers, shift, top, outer) {
  const from = inner.node(edge.v);
  const to = inner.node(edge.w);
  const up = from.y > to.y; // groups may feed each other both ways
  const sign = up ? -1 : 1;
  const halfOf = (y) => layers.get(Math.round(y)) ?? 0;
  const side = (node, leavingIt) => {
    if (node.box === undefined) return node.port === "in" ? 0 : outer.height;
    const place = outer.places.get(node.box);
    return leavingIt !== up ? place.y + place.height : place.y;
  };
  const points = [{ x: from.x + shift, y: side(from, true) }, { x: from.x + shift, y: from.y + sign * halfOf(from.y) + top }];
  for (const { x, y } of inner.edge(edge).points.slice(1, -1)) {
    const half = halfOf(y);
    if (!half) continue; // between layers the line finds its way
    points.push({ x: x + shift, y: y - sign * half + top }, { x: x + shift, y: y + sign * half + top });
  }
  points.push({ x: to.x + shift, y: to.y - sign * halfOf(to.y) + top }, { x: to.x + shift, y: side(to, false) });
  return { points, from: from.box, to: to.box, up };
}

/** Let several lines arrive side by side, in the order in which they come. */
function spread(place, routes) {
  if (routes.length < 2) return;
  const step = Math.min(16, (place.width - 20) / routes.length);
  const before = (route) => route.points[route.points.length - 3].x;
  routes.sort((a, b) => before(a) - before(b));
  routes.forEach((route, number) => {
    const x = place.x + place.width / 2 + (number - (routes.length - 1) / 2) * step;
    for (const point of route.points.slice(-2)) point.x = x;
  });
}

/** Spell a route as an SVG path. */
function pathOf(points) {
  let path = `M${round(points[0].x)},${round(points[0].y)}`;
  for (let place = 1; place < points.length; place++) {
    const [a, b] = [points[place - 1], points[place]];
    if (Math.abs(a.x - b.x) < 0.5) path += `V${round(b.y)}`;
    else {
      const middle = round((a.y + b.y) / 2);
      path += `C${round(a.x)},${middle} ${round(b.x)},${middle} ${round(b.x)},${round(b.y)}`;
    }
  }
  return path;
}

const round = (number) => Math.round(number * 10) / 10;
