// Search: every word must be in the name, the operator or a parameter ("conv kernel=(3,").

const search = { field: document.getElementById("search"), list: document.getElementById("found"), hits: [], place: -1, texts: null };
const MOST_FOUND = 100; // shown; all are counted, and Enter goes through all

/** What is searched, for each node; parameters once for nodes that are alike. */
function searchTexts() {
  if (search.texts) return search.texts;
  const kinds = DATA.kinds.map(({ op, words }) =>
    `\n${DATA.ops[op].name}\n${Object.entries(words).map(([word, text]) => `${word}=${text}`).join("\n")}`.toLowerCase(),
  );
  search.texts = DATA.names.map((name, node) => name.toLowerCase() + (DATA.kind[node] < 0 ? `\n${operatorName(node)}` : kinds[DATA.kind[node]]));
  return search.texts;
}

function find(query) {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  search.place = -1;
  search.hits = [];
  if (words.length) {
    const order = (node) => (DATA.names[node].toLowerCase() === words[0] ? 0 : isVariable(node) ? 2 : 1);
    const classes = [[], [], []]; // the name itself, operators, variables
    searchTexts().forEach((text, node) => {
      if (words.every((word) => text.includes(word))) classes[order(node)].push(node);
    });
    search.hits = classes.flat();
  }
  showFound();
}

function showFound() {
  const { field, list, hits, place } = search;
  const open = field.value.trim() !== "" && document.activeElement === field;
  list.hidden = !open;
  field.setAttribute("aria-expanded", String(open));
  const first = Math.max(0, Math.min(place - MOST_FOUND / 2, hits.length - MOST_FOUND));
  const items = hits.slice(first, first + MOST_FOUND).map((node, number) => {
    const chosen = first + number === place;
    return make(
      "li",
      { class: "choice", role: "option", id: `found-${first + number}`, "aria-selected": String(chosen), "data-choose": node },
      make("span", {}, DATA.names[node]),
      make("span", {}, operatorName(node)),
    );
  });
  const note = hits.length ? (hits.length > MOST_FOUND ? `${wholeText(hits.length)} found` : "") : "Nothing found";
  list.replaceChildren(...items, ...(note ? [make("li", { class: "note", role: "presentation" }, note)] : []));
  if (place >= 0) {
    field.setAttribute("aria-activedescendant", `found-${place}`);
    list.querySelector("[aria-selected=true]")?.scrollIntoView({ block: "nearest" });
  } else field.removeAttribute("aria-activedescendant");
  if (field.value.trim()) tell(place >= 0 ? `${place + 1} of ${hits.length}: ${DATA.names[hits[place]]}` : `${wholeText(hits.length)} found`, false);
}

/** Go to the next of what was found; from the last to the first. */
function cycle(step) {
  const { hits } = search;
  if (!hits.length) return;
  search.place = (search.place + step + hits.length + (search.place < 0 && step < 0 ? 1 : 0)) % hits.length;
  choose(hits[search.place], { open: true, focus: false });
  showFound();
}

function startSearch() {
  const { field, list } = search;
  field.addEventListener("input", () => find(field.value));
  field.addEventListener("focus", showFound);
  field.addEventListener("blur", () => setTimeout(showFound, 120));
  field.addEventListener("keydown", (event) => {
    const steps = { Enter: event.shiftKey ? -1 : 1, ArrowDown: 1, ArrowUp: -1 };
    if (event.key in steps) {
      event.preventDefault();
      cycle(steps[event.key]);
    } else if (event.key === "Escape") {
      event.preventDefault();
      field.value = "";
      find("");
      focusChosen();
    }
    event.stopPropagation();
  });
  list.addEventListener("pointerdown", (event) => {
    const item = event.target.closest("[data-choose]");
    if (!item) return;
    event.preventDefault(); // the field keeps the focus, and Enter goes on from here
    search.place = search.hits.indexOf(Number(item.dataset.choose));
    choose(Number(item.dataset.choose), { open: true, focus: false });
    showFound();
  });
}
