// Everything that a mouse can do, from the keyboard.

const KEYS = [
  ["/", "search; Enter goes to the next found, Shift+Enter to the one before"],
  ["Tab", "from the bar to the graph to the panel"],
  ["↑ ↓ ← →", "go to an input, a reader, a neighbour; move the graph where nothing is chosen"],
  ["Shift + ↑ ↓ ← →", "move the graph"],
  ["Enter", "open or close the group; for a node, go to the panel"],
  ["+  −", "expand, collapse the group (or the one around the node)"],
  ["Shift+E  Shift+C", "expand all, collapse all"],
  ["i  o  f", "zoom in, zoom out, fit"],
  ["c", "centre what is chosen"],
  ["a  d", "highlight ancestors, descendants"],
  ["h", "colours: next"],
  ["w", "weights as boxes, or not"],
  ["t", "light or dark"],
  ["Escape", "choose nothing"],
  ["?", "these keys"],
];
const ARROWS = { ArrowUp: [0, 1], ArrowDown: [0, -1], ArrowLeft: [1, 0], ArrowRight: [-1, 0] };

function startKeys() {
  const rows = KEYS.map(([keys, text]) => make("tr", {}, make("td", {}, ...keys.split("  ").flatMap((key) => [make("kbd", {}, key), " "])), make("td", {}, text)));
  document.querySelector("#keys table").replaceChildren(...rows);
  addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
    if (document.getElementById("keys").open || event.target.closest("input, select, textarea")) return;
    const inGraph = event.target === document.body || event.target.closest("#canvas");
    const done = inGraph && event.key in ARROWS ? arrow(event) : inGraph && (event.key === "Enter" || event.key === " ") ? enter() : letter(event.key);
    if (done) event.preventDefault();
  });
}

function arrow(event) {
  const [x, y] = ARROWS[event.key];
  const from = state.chosen === null ? null : shownBox(state.chosen);
  if (event.shiftKey || (state.chosen !== null && from === null)) panBy(80 * x, 80 * y);
  else if (from === null) {
    if (event.key === "ArrowDown" && drawn.boxes.size) choose(topBox());
    else panBy(80 * x, 80 * y);
  } else {
    const next = neighbour(from, x, y);
    if (next !== null) choose(next);
  }
  return true;
}

const topBox = () => [...drawn.boxes.values()].reduce((best, one) => (one.place.y < best.place.y ? one : best)).box;

const centreOf = (place) => ({ x: place.x + place.width / 2, y: place.y + place.height / 2 });

/** The box to go to: up and down along lines, where there are several to the one that lies straightest; else the nearest aside. */
function neighbour(from, x, y) {
  const here = centreOf(placeOf(from));
  let candidates = [];
  if (y) {
    for (const { lines } of drawn.routes) {
      for (const line of lines) {
        for (const value of line.values) {
          const above = shownBox(graph.producer[value]);
          const ends = [...(graph.readers.get(value) ?? []), ...(handedTo.get(value) ?? []), ...outsideReaders(value)];
          if (y > 0 && ends.some((reader) => shownBox(reader) === from)) candidates.push(above);
          if (y < 0 && above === from) candidates.push(...ends.map(shownBox));
        }
      }
    }
  }
  if (!candidates.length) candidates = [...drawn.boxes.keys()];
  let [best, least] = [null, Infinity];
  for (const box of candidates) {
    const place = box === null || box === from ? null : placeOf(box);
    if (!place) continue;
    const there = centreOf(place);
    const [along, aside] = x ? [(here.x - there.x) * x, Math.abs(here.y - there.y)] : [(here.y - there.y) * y, Math.abs(here.x - there.x)];
    if (along > 1 && along + 2 * aside < least) [best, least] = [box, along + 2 * aside];
  }
  return best;
}

function enter() {
  if (state.chosen === null) return false;
  if (isGroup(state.chosen)) toggle(state.chosen);
  else panel.querySelector("a, button")?.focus();
  return true;
}

function letter(key) {
  const actions = {
    "/": () => search.field.select(),
    "+": () => expandChosen(true),
    "=": () => expandChosen(true),
    "-": () => expandChosen(false),
    E: () => expandAll(),
    C: () => collapseAll(),
    i: () => zoomBy(1.25),
    o: () => zoomBy(0.8),
    f: fit,
    0: fit,
    c: () => actOn("centre"),
    a: () => actOn("above"),
    d: () => actOn("below"),
    h: () => nextColour(),
    w: () => showWeights(!boxes.weights),
    t: switchTheme,
    Escape: () => choose(null),
    "?": () => document.getElementById("keys").showModal(),
  };
  if (!Object.hasOwn(actions, key)) return false;
  actions[key]();
  return true;
}
