// Choosing a box, following its lines, and the address that leads back to it.

const notice = document.getElementById("status");
let silence = 0;

/** Say something to those who see and to those who listen. */
function tell(text, visibly = true) {
  notice.textContent = text;
  notice.classList.toggle("said", visibly);
  clearTimeout(silence);
  silence = setTimeout(() => notice.classList.remove("said"), 2600);
}

/** Choose a node or group, or nothing (null). */
function choose(id, { open = false, focus = true, centre = false, address = true } = {}) {
  if (id !== null && !isGroup(id)) id = ownBox(id);
  state.chosen = id;
  if (id !== null && open) {
    const before = state.open.size;
    reveal(id);
    if (state.open.size !== before) {
      draw();
      paint();
    }
  }
  mark();
  showPanel();
  if (address) history.replaceState(null, "", id === null ? location.pathname + location.search : hashOf(id));
  if (id === null) return;
  const box = shownBox(id);
  if (box === null) return;
  bring(box, centre);
  if (focus) focusChosen();
}

function focusChosen() {
  const box = state.chosen === null ? null : shownBox(state.chosen);
  const element = (drawn.boxes.get(box) ?? drawn.frames.get(box))?.element;
  (element ?? canvas).focus({ preventScroll: true });
}

/** Mark what is chosen, its lines, and what it is made of or goes into. */
function mark() {
  const box = state.chosen === null ? null : shownBox(state.chosen);
  const traces = { above: null, below: null };
  if (state.chosen !== null) {
    if (state.trace.above) traces.above = ancestorsOf(state.chosen);
    if (state.trace.below) traces.below = descendantsOf(state.chosen);
  }
  const around = {};
  for (const side of ["above", "below"]) around[side] = new Set([...(traces[side] ?? [])].map(shownBox));
  for (const { box: one, element, shell } of [...drawn.boxes.values(), ...drawn.frames.values()]) {
    for (const part of [element, shell].filter(Boolean)) {
      part.classList.toggle("chosen", one === box);
      part.classList.toggle("above", one !== box && around.above.has(one));
      part.classList.toggle("below", one !== box && around.below.has(one));
    }
    element.setAttribute("tabindex", one === box ? "0" : "-1");
    if (one === box) element.setAttribute("aria-current", "true");
    else element.removeAttribute("aria-current");
  }
  for (const { element, lines } of drawn.routes) {
    element.classList.toggle("near", box !== null && lines.some((line) => touches(line, box)));
    for (const side of ["above", "below"]) element.classList.toggle(side, traces[side] !== null && lines.some((line) => joins(line, traces[side])));
  }
  canvas.classList.toggle("traced", traces.above !== null || traces.below !== null);
}

/** Whether a line, followed through all borders, begins or ends at a box; of an open group, whether it crosses its border. */
function touches(line, box) {
  const begins = line.values.some((value) => isWithin(graph.producer[value], box));
  return begins !== isInside(lastBox(line), box);
}

// --- addresses: #node=name, and which of several of this name -------------------------------------------------------------

function hashOf(id) {
  const kind = isGroup(id) && groupOf(id).owner === null ? "group" : "node";
  const node = kind === "node" && isGroup(id) ? groupOf(id).owner : id;
  const name = nameOf(node);
  const same = idsNamed(kind, name);
  const number = same.indexOf(node);
  return `#${kind}=${encodeURIComponent(wellFormed(name))}${number > 0 ? `&number=${number + 1}` : ""}`;
}

const wellFormed = (text) => (text.toWellFormed ? text.toWellFormed() : text); // half a letter cannot stand in an address

const named = { node: null, group: null };

function idsNamed(kind, name) {
  if (!named[kind]) {
    named[kind] = new Map();
    if (kind === "node") DATA.names.forEach((one, node) => append(named.node, wellFormed(one), node));
    else DATA.groups.forEach((group, place) => group.owner === null && place && append(named.group, wellFormed(group.name), NODES + place));
  }
  return named[kind].get(wellFormed(name)) ?? [];
}

/** Choose what the address names. */
function followAddress() {
  const words = new URLSearchParams(location.hash.slice(1).replace(/\+/g, "%2B"));
  const kind = words.has("group") ? "group" : "node";
  if (!words.has(kind)) return false;
  const found = idsNamed(kind, words.get(kind));
  const id = found[(Number(words.get("number")) || 1) - 1];
  if (id === undefined) {
    tell(`There is no ${kind} ${words.get(kind)}`);
    return false;
  }
  choose(id, { open: true, centre: true, focus: false, address: false });
  return true;
}
