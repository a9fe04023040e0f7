// The page comes to life: what is clicked, and what happens then.

function refresh(hold = null) {
  holding(hold, () => {
    draw();
    paint();
    mark();
  });
}

function toggle(group, open = !state.open.has(group)) {
  if (open && countShown() + boxes.children[group - NODES].length > MOST_BOXES) return tell(`More than ${wholeText(MOST_BOXES)} boxes: close some first`);
  setOpen(group, open);
  if (state.chosen !== null && !open) state.chosen = shownBox(state.chosen) ?? state.chosen;
  refresh(group);
  showPanel();
  bring(group);
  focusChosen();
  tell(`${headerText(group)} ${open ? "expanded" : "collapsed"}`, false);
}

/** Expand or collapse what is chosen; of a node, collapse the group around it. */
function expandChosen(open) {
  const box = state.chosen === null ? null : shownBox(state.chosen);
  if (box === null) return;
  if (isGroup(box) && state.open.has(box) !== open) toggle(box, open);
  else if (!open && boxes.parent[box] !== ROOT) {
    state.chosen = boxes.parent[box];
    toggle(boxes.parent[box], false);
  }
}

function expandAll(from = ROOT) {
  const left = openWidely(MOST_BOXES, from);
  refresh(from === ROOT ? null : from);
  showPanel();
  if (from === ROOT) (fitScale() > READABLE / 3 ? fit : lookFirst)();
  tell(left ? `${wholeText(countShown())} boxes; the others are more than a page can show, and stay closed` : `${wholeText(countShown())} boxes`);
}

function collapseAll() {
  closeAll();
  if (state.chosen !== null) state.chosen = shownBox(state.chosen);
  refresh();
  showPanel();
  fit();
  tell("All groups are closed", false);
}

function showWeights(weights) {
  buildBoxes(weights);
  for (const memory of [layouts, labels, totals, parts]) memory.clear();
  document.getElementById("weights").setAttribute("aria-pressed", String(weights));
  const hold = state.chosen === null ? null : shownBox(state.chosen);
  refresh(hold);
  tell(weights ? "Weights are boxes" : "Weights are part of their layers", false);
}

function setColour(name) {
  state.colour = name;
  document.getElementById("colour").value = name;
  refresh();
  tell(`Colours: ${PALETTES[name]}`, false);
}

function nextColour() {
  const names = palettes();
  setColour(names[(names.indexOf(state.colour) + 1) % names.length]);
}

const systemDark = matchMedia("(prefers-color-scheme: dark)");

/** Light on paper; else what the reader chose; else what the system asks for. */
function applyTheme() {
  const dark = state.theme ? state.theme === "dark" : systemDark.matches;
  document.documentElement.dataset.theme = dark && !printing ? "dark" : "light";
  document.getElementById("theme").textContent = dark ? "Light" : "Dark";
  drawMinimap();
}

function switchTheme() {
  state.theme = document.documentElement.dataset.theme === "dark" ? "light" : "dark";
  applyTheme();
}

/** What a button of the panel does. */
function actOn(action) {
  if (action === "keys") return document.getElementById("keys").showModal();
  if (state.chosen === null) return tell("Choose a box first");
  if (action === "toggle") return toggle(state.chosen);
  if (action === "widely") return expandAll(state.chosen);
  if (action === "centre") return bring(shownBox(state.chosen), true);
  state.trace[action] = !state.trace[action];
  mark();
  panel.querySelector(`[data-act=${action}]`)?.setAttribute("aria-pressed", String(state.trace[action]));
  if (state.trace[action]) {
    const found = (action === "above" ? ancestorsOf : descendantsOf)(state.chosen).size - nodesOf(state.chosen).length;
    tell(`${wholeText(found)} ${action === "above" ? "ancestors" : "descendants"}`);
  }
}

function startClicks() {
  let pressed = null; // where the mouse went down: a drag is no click
  const boxAt = (event) => {
    const element = event.target.closest("[data-box]");
    return element ? Number(element.dataset.box) : null;
  };
  canvas.addEventListener("pointerdown", (event) => (pressed = [event.clientX, event.clientY]), true);
  canvas.addEventListener("click", (event) => {
    if (pressed && Math.hypot(event.clientX - pressed[0], event.clientY - pressed[1]) > 4) return;
    const box = boxAt(event);
    if (box !== null && event.target.closest("[data-toggle]")) {
      state.chosen = box;
      toggle(box);
    } else if (event.detail < 2) choose(box);
  });
  canvas.addEventListener("dblclick", (event) => {
    const box = boxAt(event);
    if (box !== null && isGroup(box) && !event.target.closest("[data-toggle]")) toggle(box);
  });
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-choose]");
    if (link) {
      event.preventDefault();
      choose(Number(link.dataset.choose), { open: true, focus: false });
      panel.focus({ preventScroll: true });
    }
    const button = event.target.closest("[data-act]");
    if (button) actOn(button.dataset.act);
  });
  const clicks = {
    "open-all": () => expandAll(),
    "close-all": collapseAll,
    "zoom-in": () => zoomBy(1.25),
    "zoom-out": () => zoomBy(0.8),
    fit,
    weights: () => showWeights(!boxes.weights),
    theme: switchTheme,
    help: () => document.getElementById("keys").showModal(),
  };
  for (const [id, action] of Object.entries(clicks)) document.getElementById(id).addEventListener("click", action);
  for (const kind of ["pointerdown", "pointermove"]) minimap.addEventListener(kind, moveByMinimap);
}

function startColours() {
  const select = document.getElementById("colour");
  select.replaceChildren(...palettes().map((name) => make("option", { value: name }, PALETTES[name])));
  select.addEventListener("change", () => setColour(select.value));
  applyTheme();
  systemDark.addEventListener("change", applyTheme);
}

function start() {
  canvas.setAttribute("aria-label", `Graph ${DATA.title}: ${wholeText(NODES)} nodes. Arrow down begins.`);
  buildBoxes(false);
  openWidely(FIRST_BOXES, ROOT, true);
  startColours();
  draw();
  paint();
  startView();
  startSearch();
  startClicks();
  startKeys();
  showPanel();
  lookFirst();
  followAddress();
  document.getElementById("weights").hidden = !DATA.hidden.length;
  const grouped = DATA.groups.length > 1;
  for (const id of ["open-all", "close-all"]) document.getElementById(id).hidden = !grouped;
  addEventListener("hashchange", followAddress);
  addEventListener("beforeprint", preparePrint);
  addEventListener("afterprint", endPrint);
  matchMedia("print").addEventListener("change", (event) => (event.matches ? preparePrint() : endPrint()));
}

start();
