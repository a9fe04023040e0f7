// What stands in a box, and how large that makes it.

const FONT = '"Inter", "Segoe UI", system-ui, -apple-system, "Helvetica Neue", "Liberation Sans", Arial, sans-serif';
const TEXT = {
  title: { size: 12.5, weight: 600, line: 17 },
  detail: { size: 11, weight: 400, line: 14.5 },
  name: { size: 10.5, weight: 400, line: 14 },
  value: { size: 10, weight: 400, line: 13 },
};
const LONGEST = 30; // characters of a name in a box

const ruler = document.createElement("canvas").getContext("2d");
const widths = new Map();

function textWidth(text, kind) {
  const key = `${kind} ${text}`;
  let width = widths.get(key);
  if (width === undefined) {
    ruler.font = `${TEXT[kind].weight} ${TEXT[kind].size}px ${FONT}`;
    width = ruler.measureText(text).width;
    widths.set(key, width);
  }
  return width;
}

/** Shorten a long name in its middle: both ends tell names apart. */
function shortened(text, most = LONGEST) {
  const letters = Array.from(text);
  if (letters.length <= most) return text;
  const end = Math.floor(most / 2);
  return `${letters.slice(0, most - end - 1).join("")}…${letters.slice(-end).join("")}`;
}

/** Lines of a box: [{text, kind}]. */
function linesOf(box) {
  if (isGroup(box)) {
    const group = groupOf(box);
    const count = nodesIn(box).length;
    const title = { text: shortened(group.label || group.name), kind: "title" };
    if (group.owner !== null) {
      const name = DATA.names[group.owner];
      return [{ text: operatorName(group.owner), kind: "title" }, { text: shortened(name), kind: "name" }];
    }
    const alike = group.repeats > 1 ? `${wholeText(group.repeats)} alike, ` : "";
    return [title, { text: `${alike}${counted(count, "node")}`, kind: "detail" }];
  }
  if (isVariable(box)) return [{ text: shortened(DATA.names[box]), kind: "title" }];
  const said = kindOf(box).said.map((text) => ({ text, kind: "detail" }));
  return [{ text: shortened(operatorName(box)), kind: "title" }, ...said, { text: shortened(DATA.names[box]), kind: "name" }];
}

/** What is written beside the line that leaves a box: the shape of its value, or how many values leave it. */
function leavingText(box) {
  const own = isGroup(box) ? [...leaving(box)] : outputsOf(box).map((output) => output.value);
  const owner = isGroup(box) ? groupOf(box).owner : null;
  const values = own.length || owner === null ? own : outputsOf(owner).map((output) => output.value);
  if (!values.length) return "";
  const texts = new Set(values.map(shapeText));
  const [first] = texts;
  if (texts.size > 1) return `${values.length} values`;
  return values.length > 1 && first ? `${values.length} of ${first}` : first;
}

const labels = new Map(); // box -> {lines, width, height, leaving, strip}

/** Lay out the inside of a closed box. */
function labelOf(box) {
  let label = labels.get(box);
  if (label) return label;
  const lines = linesOf(box);
  const variable = !isGroup(box) && isVariable(box);
  const sign = isGroup(box) ? 22 : partOf(box) === "forward" ? 0 : 14; // the plus of a group, the mark of a gradient
  const widest = Math.max(...lines.map(({ text, kind }) => textWidth(text, kind)));
  const width = Math.max(64, Math.ceil(widest) + (variable ? 32 : 26) + 2 * sign);
  const height = lines.reduce((sum, { kind }) => sum + TEXT[kind].line, variable ? 10 : 14);
  const text = leavingText(box);
  label = { lines, width, height, leaving: text, strip: text ? 17 : 0, reach: text ? textWidth(text, "value") + 7 : 0 };
  labels.set(box, label);
  return label;
}
