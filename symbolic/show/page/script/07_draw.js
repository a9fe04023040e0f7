// From the layout to SVG. Text goes in as text, never as markup: names come from files of strangers.

const SVG = "http://www.w3.org/2000/svg";
const drawn = { boxes: new Map(), routes: [], frames: new Map() }; // what is on the page

function fill(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}

const make = (tag, attributes, ...children) => fill(document.createElement(tag), attributes, children);
const shape = (tag, attributes, ...children) => fill(document.createElementNS(SVG, tag), attributes, children);

/** Draw everything anew. */
function draw() {
  const viewport = document.querySelector("#canvas .viewport");
  const layers = Object.fromEntries(["frames", "routes", "boxes"].map((name) => [name, shape("g", { class: name })]));
  drawn.boxes.clear();
  drawn.frames.clear();
  drawn.routes.length = 0;
  const waiting = [{ group: ROOT, x: 0, y: 0 }];
  while (waiting.length) {
    const { group, x, y } = waiting.pop();
    const layout = layoutOf(group);
    for (const [box, place] of layout.places) {
      const at = { ...place, x: place.x + x, y: place.y + y };
      if (isOpen(box)) {
        drawFrame(layers, box, at);
        waiting.push({ group: box, x: at.x, y: at.y });
      } else drawBox(layers, box, at);
    }
    for (const route of layout.routes) drawRoute(layers, route, x, y);
  }
  viewport.replaceChildren(...Object.values(layers));
}

function drawBox(layers, box, place) {
  const label = labelOf(box);
  const middle = place.width / 2;
  const head = !isGroup(box) && outputsOf(box).some(({ value }) => graph.heads.has(value));
  const element = shape("g", {
    class: `box ${hueOf(box)}${head ? " head" : ""}`,
    transform: `translate(${round(place.x)},${round(place.y)})`,
    "data-box": box,
    role: "button",
    tabindex: "-1",
    "aria-label": spokenName(box),
  });
  const corner = !isGroup(box) && isVariable(box) ? label.height / 2 : 6;
  if (isGroup(box)) {
    element.setAttribute("aria-expanded", "false");
    element.append(shape("rect", { class: "under", x: 4, y: 4, width: place.width, height: place.height, rx: 7 }));
  }
  element.append(shape("rect", { class: "shell", width: place.width, height: place.height, rx: corner }));
  let y = (place.height - label.lines.reduce((sum, { kind }) => sum + TEXT[kind].line, 0)) / 2;
  for (const { text, kind } of label.lines) {
    y += TEXT[kind].line;
    element.append(shape("text", { class: kind, x: round(middle), y: round(y - TEXT[kind].line * 0.26) }, text));
  }
  const mark = MARKS[partOfBox(box)];
  if (mark) element.append(shape("text", { class: "mark", x: 11, y: 15 }, mark));
  if (isGroup(box)) element.append(toggleSign(place.width - 14, 14, true));
  element.append(shape("title", {}, tooltipOf(box)));
  layers.boxes.append(element);
  drawn.boxes.set(box, { box, element, place });
  if (label.leaving) {
    element.append(shape("text", { class: "value", x: round(middle + 6), y: round(place.height + 13) }, label.leaving));
  }
}

function drawFrame(layers, group, place) {
  const text = shortened(headerText(group), 44);
  const at = `translate(${round(place.x)},${round(place.y)})`;
  const shell = shape("rect", { class: "shell", width: round(place.width), height: round(place.height), rx: 10 });
  layers.frames.append(shape("g", { class: `frame ${partOfBox(group)}`, transform: at, "data-box": group }, shell));
  const width = textWidth(text, "title") + 44;
  const element = shape(
    "g",
    { class: `frame ${partOfBox(group)}`, transform: at, "data-box": group, role: "button", tabindex: "-1", "aria-expanded": "true", "aria-label": spokenName(group) },
    shape("path", { class: "tab", d: `M0,24V10Q0,0 10,0H${round(width)}V18Q${round(width)},24 ${round(width - 6)},24Z` }),
    shape("text", { class: "title start", x: 30, y: 16.5 }, text),
    toggleSign(15, 12.5, false),
    shape("title", {}, tooltipOf(group)),
  );
  layers.boxes.append(element);
  drawn.frames.set(group, { box: group, element, shell: layers.frames.lastChild, place });
}

const toggleSign = (x, y, closed) =>
  shape(
    "g",
    { class: "toggle", transform: `translate(${x},${y})`, "data-toggle": "", "aria-hidden": "true" },
    shape("circle", { r: 7.5 }),
    shape("path", { d: closed ? "M-4,0H4M0,-4V4" : "M-4,0H4" }),
  );

function drawRoute(layers, route, x, y) {
  const points = route.points.map((point) => ({ x: point.x + x, y: point.y + y }));
  const path = pathOf(points);
  const end = points.at(-1);
  const back = route.up ? 7 : -7;
  const arrives = route.to !== undefined && !isOpen(route.to);
  const values = [...new Set(route.lines.flatMap(({ values }) => values))];
  const element = shape("g", { class: "route" }, shape("path", { class: "line", d: path }));
  if (arrives) {
    const tip = `M${round(end.x - 3.6)},${round(end.y + back)}L${round(end.x)},${round(end.y)}L${round(end.x + 3.6)},${round(end.y + back)}Z`;
    element.append(shape("path", { class: "tip", d: tip }));
  }
  element.append(shape("path", { class: "grab", d: path }), shape("title", {}, flowText(values)));
  layers.routes.append(element);
  drawn.routes.push({ element, lines: route.lines, bytes: values.reduce((sum, value) => sum + (bytesOf(value) ?? 0), 0) });
}

function flowText(values) {
  const said = values.slice(0, 12).map((value) => [valueName(value), valueText(value), bytesText(bytesOf(value))].filter(Boolean).join("   "));
  return [...said, ...(values.length > 12 ? [`and ${values.length - 12} more`] : [])].join("\n");
}

function tooltipOf(box) {
  if (isGroup(box)) {
    const { owner, repeats } = groupOf(box);
    if (owner !== null) return `${DATA.names[owner]}\n${operatorName(owner)}`;
    return `${nameOf(box)}\n${counted(nodesIn(box).length, "node")}${repeats > 1 ? `, ${repeats} alike` : ""}`;
  }
  const words = isVariable(box) ? DATA.attrs[box] ?? {} : kindOf(box).words;
  return [`${DATA.names[box]}  (${operatorName(box)})`, ...Object.entries(words).map(([word, text]) => `${word} = ${text}`)].join("\n");
}

/** A box as a screen reader says it. */
function spokenName(box) {
  if (isGroup(box)) return `group ${headerText(box)}, ${counted(nodesIn(box).length, "node")}`;
  const values = outputsOf(box).map(({ value }) => valueText(value)).filter(Boolean);
  const said = isVariable(box) ? [] : kindOf(box).said;
  return [DATA.names[box], operatorName(box), ...said, values.length ? `makes ${values.join("; ")}` : ""].filter(Boolean).join(", ");
}
