// What the reader has chosen, and the few steps that change it. Whatever changes, `refresh` shows it.

const FIRST_BOXES = 40; // so many boxes are open at first, at most
const MOST_BOXES = 3000; // and so many at all: more would be slow, and nobody reads them

const state = {
  open: new Set([ROOT]), // groups that show what is in them
  chosen: null, // a box or a weight within one
  colour: "family",
  theme: null, // "light" or "dark", once the reader has chosen
  trace: { above: false, below: false },
};

const isBox = (id) => boxes.parent[id] >= 0;

/** The box on the page that stands for a node or group: itself, the closed group around it, or what reads a hidden weight. */
function shownBox(id) {
  let box = id;
  if (!isGroup(box)) {
    for (let steps = 0; !isBox(ownBox(box)) && steps < 64; steps++) {
      const reader = (graph.readers.get(DATA.first[box]) ?? [])[0];
      if (reader === undefined) return null;
      box = reader;
    }
    box = ownBox(box);
  }
  if (!isBox(box)) return null;
  return groupsAround(box).find((group) => !state.open.has(group)) ?? box;
}

function setOpen(group, open) {
  if (group === ROOT || state.open.has(group) === open) return;
  if (open) state.open.add(group);
  else state.open.delete(group);
  forgetLayouts(boxes.parent[group]);
}

/** Open every group around a node, so that it is on the page. */
function reveal(id) {
  for (const group of groupsAround(isGroup(id) ? id : ownBox(isBox(ownBox(id)) ? id : readerOf(id)))) setOpen(group, true);
}

function readerOf(id) {
  for (let steps = 0; !isBox(ownBox(id)) && steps < 64; steps++) id = (graph.readers.get(DATA.first[id]) ?? [id])[0];
  return id;
}

/** Open groups, a whole depth at a time where that leaves no more than `most` boxes on the page. Says whether any stay closed. */
function openWidely(most, from = ROOT, evenly = false) {
  let count = countShown();
  for (let depth = [from]; depth.length; depth = depth.flatMap((group) => boxes.children[group - NODES].filter(isGroup))) {
    const closed = depth.filter((group) => !state.open.has(group));
    const more = closed.reduce((sum, group) => sum + boxes.children[group - NODES].length - 1, 0);
    if (evenly && count + more > most) return true;
    for (const group of closed) {
      const growth = boxes.children[group - NODES].length - 1;
      if (count + growth > most) return true;
      setOpen(group, true);
      count += growth;
    }
  }
  return false;
}

function countShown() {
  let count = 0;
  const waiting = [ROOT];
  while (waiting.length) {
    for (const child of boxes.children[waiting.pop() - NODES]) {
      if (isOpen(child)) waiting.push(child);
      else count += 1;
    }
  }
  return count;
}

function closeAll(from = ROOT) {
  for (const group of [...state.open]) if (group !== ROOT && (from === ROOT || group === from || groupsAround(group).includes(from))) setOpen(group, false);
}

// --- tracing -------------------------------------------------------------------------------------------------------

const handedTo = new Map(); // value -> variables of held graphs that get it
for (const [value, variable] of DATA.feeds) append(handedTo, value, variable);
const givenAs = new Map(); // value of a held graph -> values of the holder
for (const [value, inner] of DATA.yields) append(givenAs, inner, value);

function spreadFrom(start, next) {
  const found = new Set(start);
  const waiting = [...start];
  while (waiting.length) {
    for (const node of next(waiting.pop())) {
      if (found.has(node)) continue;
      found.add(node);
      waiting.push(node);
    }
  }
  return found;
}

/** All nodes that a box is made of, itself included. */
const ancestorsOf = (id) =>
  spreadFrom(nodesOf(id), (node) =>
    [...sourcesOf(node), ...(graph.bodies.has(node) ? outputsOf(node).flatMap(({ value }) => graph.yields.get(value) ?? []) : [])].map(
      (value) => graph.producer[value],
    ),
  );

/** All nodes that are made of a box, itself included. */
const descendantsOf = (id) =>
  spreadFrom(nodesOf(id), (node) =>
    outputsOf(node).flatMap(({ value }) => [...(graph.readers.get(value) ?? []), ...(handedTo.get(value) ?? []), ...(givenAs.get(value) ?? []).map((outer) => graph.producer[outer])]),
  );

const nodesOf = (id) => (isGroup(id) ? nodesIn(id) : [id]);

/** The box in which a line ends behind all borders. */
function lastBox(line) {
  while (line.to.port) line = line.to.port;
  return line.to.box;
}

/** Whether a box is another, or stands in it. */
function isInside(box, outer) {
  for (; box >= 0; box = boxes.parent[box]) if (box === outer) return true;
  return false;
}

const isWithin = (node, box) => isInside(ownBox(node), box);

/** Whether a line carries a value from one of these nodes to another. */
function joins(line, nodes) {
  const target = lastBox(line);
  return line.values.some((value) => {
    if (!nodes.has(graph.producer[value])) return false;
    const readers = [...(graph.readers.get(value) ?? []), ...(handedTo.get(value) ?? []), ...outsideReaders(value)];
    return readers.some((reader) => nodes.has(reader) && isWithin(reader, target));
  });
}

/** Who reads a value of a held graph outside of it, where the holder hands it on. */
const outsideReaders = (inner) => (givenAs.get(inner) ?? []).flatMap((value) => graph.readers.get(value) ?? []);
