// Where one looks: pan, zoom, fit, the small map, and the page as it is printed.

const canvas = document.getElementById("canvas");
const minimap = document.getElementById("minimap");
const READABLE = 0.55; // less than this, and text is too small
const view = { pan: null, scale: 1, x: 0, y: 0 };

/** Hand the drawing to svg-pan-zoom; the scale is then pixels of the screen for one of the drawing. */
function startView() {
  view.pan = svgPanZoom(canvas, {
    viewportSelector: ".viewport",
    fit: false,
    center: false,
    controlIconsEnabled: false,
    dblClickZoomEnabled: false,
    zoomScaleSensitivity: 0.25,
    minZoom: 0.005,
    maxZoom: 8,
    onUpdatedCTM: (matrix) => {
      view.scale = matrix.a;
      view.x = matrix.e;
      view.y = matrix.f;
      drawMinimap();
    },
  });
  addEventListener("resize", () => view.pan.resize());
}

/** Show the drawing so that its point (x, y) is at the point (left, top) of the stage. */
function look(x, y, scale, left = canvas.clientWidth / 2, top = canvas.clientHeight / 2) {
  view.pan.zoom(scale);
  view.pan.pan({ x: left - x * view.pan.getZoom(), y: top - y * view.pan.getZoom() });
}

const extent = () => layoutOf(ROOT);

function fitScale() {
  const { width, height } = extent();
  return Math.min((canvas.clientWidth - 48) / Math.max(width, 1), (canvas.clientHeight - 48 - below()) / Math.max(height, 1), 1.25);
}

/** Pixels at the lower edge that the legend takes. */
const below = () => document.getElementById("legend").offsetHeight;

/** Show the whole graph. */
function fit() {
  const { width, height } = extent();
  look(width / 2, height / 2, fitScale(), canvas.clientWidth / 2, (canvas.clientHeight - below()) / 2);
}

/** Show the whole graph if it can be read then, else its beginning. */
function lookFirst() {
  const { width } = extent();
  const wide = Math.min((canvas.clientWidth - 48) / Math.max(width, 1), 1);
  if (fitScale() >= READABLE || wide < READABLE / 3) fit();
  else look(width / 2, 0, Math.max(wide, READABLE), canvas.clientWidth / 2, 28);
}

const placeOf = (box) => (drawn.boxes.get(box) ?? drawn.frames.get(box))?.place;

/** Pixels at the left edge that the list of a search covers. */
const covered = () => (search.list.hidden ? 0 : search.list.getBoundingClientRect().right - canvas.getBoundingClientRect().left);

/** Bring a box into view, without a move if it is there already. */
function bring(box, always = false) {
  const place = placeOf(box);
  if (!place) return;
  const free = canvas.clientWidth - covered() < 200 ? 0 : covered();
  const [left, top] = [place.x * view.scale + view.x, place.y * view.scale + view.y];
  const [right, bottom] = [left + place.width * view.scale, top + place.height * view.scale];
  const inside = left >= free + 8 && top >= 8 && right <= canvas.clientWidth - 8 && bottom <= canvas.clientHeight - 8;
  if (inside && !always && view.scale >= READABLE / 2) return;
  const large = Math.min((canvas.clientWidth - free - 60) / place.width, (canvas.clientHeight - 60) / place.height);
  const scale = Math.min(Math.max(view.scale, READABLE * 1.4), Math.max(large, 0.05));
  look(place.x + place.width / 2, place.y + place.height / 2, scale, (free + canvas.clientWidth) / 2);
}

const zoomBy = (factor) => view.pan.zoomBy(factor);
const panBy = (x, y) => view.pan.panBy({ x, y });

/** Keep a box where it is on the screen while the drawing around it changes. */
function holding(box, change) {
  const before = box === null ? null : placeOf(box);
  const at = before && { x: before.x * view.scale + view.x, y: before.y * view.scale + view.y };
  change();
  const after = box === null ? null : placeOf(box);
  if (at && after) view.pan.pan({ x: at.x - after.x * view.scale, y: at.y - after.y * view.scale });
  else drawMinimap();
}

// --- the small map ---------------------------------------------------------------------------------------------------

const mapScale = () => Math.min((minimap.clientWidth - 10) / Math.max(extent().width, 1), (minimap.clientHeight - 10) / Math.max(extent().height, 1));

function drawMinimap() {
  if (!view.pan || !minimap.clientWidth) return;
  const density = window.devicePixelRatio || 1;
  minimap.width = minimap.clientWidth * density;
  minimap.height = minimap.clientHeight * density;
  const style = getComputedStyle(document.documentElement);
  const pen = minimap.getContext("2d");
  const scale = mapScale();
  pen.setTransform(density, 0, 0, density, (density * (minimap.clientWidth - extent().width * scale)) / 2, (density * (minimap.clientHeight - extent().height * scale)) / 2);
  pen.strokeStyle = style.getPropertyValue("--frame-rule");
  for (const { place } of drawn.frames.values()) pen.strokeRect(place.x * scale, place.y * scale, place.width * scale, place.height * scale);
  pen.fillStyle = style.getPropertyValue("--line");
  for (const { place } of drawn.boxes.values()) pen.fillRect(place.x * scale, place.y * scale, Math.max(place.width * scale, 1), Math.max(place.height * scale, 1));
  pen.strokeStyle = style.getPropertyValue("--accent");
  pen.lineWidth = 1.5;
  const factor = scale / view.scale;
  pen.strokeRect(-view.x * factor, -view.y * factor, canvas.clientWidth * factor, canvas.clientHeight * factor);
}

function moveByMinimap(event) {
  if (event.type === "pointermove" && !(event.buttons & 1)) return;
  const scale = mapScale();
  const x = (event.offsetX - (minimap.clientWidth - extent().width * scale) / 2) / scale;
  const y = (event.offsetY - (minimap.clientHeight - extent().height * scale) / 2) / scale;
  look(x, y, view.scale);
}

// --- print -----------------------------------------------------------------------------------------------------------

let printing = null; // what the screen showed, while paper is laid out

/** For print: the whole drawing, in light colours. */
function preparePrint() {
  if (printing) return;
  printing = { ...view };
  applyTheme();
  const viewport = canvas.querySelector(".viewport");
  viewport.style.transform = "none";
  viewport.setAttribute("transform", "matrix(1,0,0,1,0,0)");
  const { width, height } = extent();
  canvas.setAttribute("viewBox", `-6 -6 ${Math.ceil(width) + 16} ${Math.ceil(height) + 16}`);
}

function endPrint() {
  if (!printing) return;
  const { x, y, scale } = printing;
  printing = null;
  canvas.removeAttribute("viewBox");
  view.pan.zoom(scale * 1.01); // svg-pan-zoom sets nothing that it holds for unchanged
  view.pan.zoom(scale);
  view.pan.pan({ x, y });
  applyTheme();
}
