// Draws what the page's data says. Names go in as text, never as markup.
const data = JSON.parse(document.getElementById("data").textContent);
const none = data.labels.length - 1;
const drawn = new Set(data.drawn);
const byId = id => document.getElementById(id);

function make(tag, attributes = {}, ...children) {
  const svg = ["svg", "image", "rect", "g", "title"].includes(tag);
  const element = svg ? document.createElementNS("http://www.w3.org/2000/svg", tag) : document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

// A picture lies in the page as text until it is looked at.
function picture(id) {
  const text = byId(id);
  return text ? "data:image/webp;base64," + text.textContent : null;
}

const rgb = label => label < none ? `rgb(${data.colours[label].join(",")})` : "#777";
const percent = share => share === null ? "" : (100 * share).toFixed(share >= 0.995 || share < 0.001 ? 0 : 1);

// --- the matrix

const state = {step: 0, view: "counts", rule: byId("rule").value, set: 0, cell: null, list: [], at: 0};

// In ten-thousandths, as the counts were made.
const steps = data.confusion[0].rules[state.rule].steps;
const reaches = score => Math.floor(score * 10000 + 1e-3) >= state.step * (10000 / steps);

function labelled(label) {
  const dot = make("i", {class: "dot", style: `background:${rgb(label)}`});
  return label < none ? [dot, data.labels[label]] : [data.labels[label]];
}

function drawMatrix() {
  const {counts, unknown} = countConfusion(data.confusion[state.set].rules[state.rule], state.step);
  const shares = state.view === "counts" ? null : normaliseConfusion(counts, state.view);
  const most = Math.max(1, ...counts.flat());
  const head = make("thead", {},
    make("tr", {}, make("th"), make("th", {colspan: none + 1, class: "axis"}, "truth")),
    make("tr", {}, make("th", {class: "axis text"}, "predicted"),
      ...data.labels.map((_, t) => make("th", {scope: "col"}, ...labelled(t)))));
  const body = make("tbody");
  counts.forEach((row, p) => {
    const line = make("tr", {}, make("th", {scope: "row"}, ...labelled(p)));
    row.forEach((n, t) => line.append(matrixCell(p, t, n, shares && shares[p][t], shares ? 1 : most)));
    body.append(line);
  });
  byId("matrix").replaceChildren(head, body);
  const total = unknown.reduce((a, b) => a + b, 0);
  const parts = unknown.map((n, k) => n ? `${data.labels[k]} ${n}` : "").filter(Boolean);
  byId("unknown").textContent = total
    ? `Not counted: ${total} predictions of labels that are not fully annotated on their page (${parts.join(", ")}).` : "";
}

function matrixCell(p, t, n, share, most) {
  const cell = make("td");
  if (p === none && t === none || !n) return cell;
  const strength = share === null ? Math.sqrt(n / most) : share;
  cell.className = p === t ? "right" : "wrong";
  cell.style.setProperty("--v", strength.toFixed(3));
  const told = share === null ? String(n) : percent(share);
  const button = make("button", {type: "button", "aria-label": cellName(p, t, n)}, told);
  button.setAttribute("aria-pressed", String(state.cell === `${p},${t}`));
  button.addEventListener("click", () => { openCell(p, t); byId("panel").focus({preventScroll: true});
    byId("panel").scrollIntoView({block: "nearest"}); });
  cell.append(button);
  return cell;
}

function cellName(p, t, n) {
  if (p === none) return `${n} missed: ${data.labels[t]} without a prediction`;
  if (t === none) return `${n} predicted ${data.labels[p]}, on nothing annotated`;
  return `${n} predicted ${data.labels[p]}, in truth ${data.labels[t]}`;
}

// --- a cell's crops

function openCell(p, t) {
  state.cell = `${p},${t}`;
  const panel = byId("panel"), crops = data.cells[state.cell] || [];
  const {counts} = countConfusion(data.confusion[state.set].rules[state.rule], state.step);
  const seen = crops.filter(([, page, score]) => (score === null || reaches(score))
    && (!state.set || data.pages[page].set === data.confusion[state.set].set));
  panel.hidden = false;
  panel.querySelector("h3").textContent = cellName(p, t, counts[p][t]);
  panel.querySelector("p").textContent = `${seen.length} shown, ` + (p === none
    ? `those missed at a score of ${data.threshold}, in the order of their pages` : "most confident first")
    + `. They were chosen from a score of ${data.threshold} on, with each prediction at the mark it overlaps most.`;
  panel.querySelector(".crops").replaceChildren(...seen.map((crop, i) => drawCrop(crop, seen, i)));
  for (const button of document.querySelectorAll("#matrix button")) button.setAttribute("aria-pressed", "false");
  drawMatrix();
}

function drawCrop([number, page, score], list, i) {
  const source = picture(`crop-${number}`);
  const told = score === null ? "missed" : score.toFixed(2), record = data.pages[page];
  const image = source ? make("img", {src: source, alt: `${told}, ${record.file}`, loading: "lazy"}) : "no picture";
  const button = make("button", {type: "button", title: `${record.set}: ${record.file}`}, image, make("span", {}, told));
  button.addEventListener("click", () => openPage(list.map(crop => crop[1]), i));
  return button;
}

// --- a page with its marks

function drawPage(number, small) {
  const page = data.pages[number];
  const [width, height] = page.size;
  const sheet = make("svg", {viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": page.file});
  const source = picture(`page-${number}`);
  if (source) sheet.append(make("image", {href: source, width, height, preserveAspectRatio: "none"}));
  const rect = ([x, y, w, h], attributes, told) =>
    make("rect", {x, y, width: w, height: h, class: "mark", ...attributes}, make("title", {}, told));
  if (small || byId("show-found").checked) {
    for (const [label, score, box] of page.found) {
      if (!reaches(score)) continue;
      const known = page.unknown.includes(label) ? " (not fully annotated on this page)" : "";
      sheet.append(rect(box, {fill: rgb(label), "fill-opacity": 0.22, stroke: rgb(label), "stroke-opacity": 0.5},
        `predicted ${data.labels[label]} ${(100 * score).toFixed(0)}%${known}`));
    }
  }
  if (small || byId("show-truth").checked) {
    for (const box of page.ignored) sheet.append(rect(box, {class: "mark ignored"}, "not counted"));
    for (const [labels, box] of page.truth) {
      sheet.append(rect(box, {class: "mark truth", stroke: rgb(labels.length ? labels[0] : none)},
        "truth: " + labels.map(k => data.labels[k]).join(" + ")));
    }
  }
  return sheet;
}

function openPage(list, at) {
  state.list = list; state.at = at;
  const number = list[at], page = data.pages[number], dialog = document.querySelector("dialog");
  byId("page-name").textContent = `${page.set}: ${page.file}`;
  const why = byId(`gone-${number}`);
  dialog.querySelector(".sheet").replaceChildren(why ? why.textContent : drawn.has(number)
    ? drawPage(number, false) : `${page.file} is not among the ${drawn.size} pages that this report carries.`);
  byId("previous").disabled = at === 0;
  byId("next").disabled = at === list.length - 1;
  dialog.classList.toggle("zoom", byId("zoom").checked);
  if (!dialog.open) dialog.showModal();
}

function step(by) {
  const at = state.at + by;
  if (at >= 0 && at < state.list.length) openPage(state.list, at);
}

function drawWorst() {
  const list = data.worst.map(([number]) => number).filter(number => drawn.has(number));
  const shown = data.worst.filter(([number]) => drawn.has(number)).map(([number, [lone, confused, missed]], i) => {
    const parts = [[lone, "on nothing"], [confused, "confused"], [missed, "missed"]].filter(([n]) => n);
    const button = make("button", {type: "button"},
      make("span", {}, parts.map(([n, what]) => `${n} ${what}`).join(", ")),
      make("span", {class: "soft"}, data.pages[number].file));
    button.addEventListener("click", () => openPage(list, i));
    const seen = new IntersectionObserver(entries => {
      if (!entries.some(entry => entry.isIntersecting)) return;
      seen.disconnect();
      button.prepend(drawPage(number, true));
    }, {rootMargin: "400px"});
    seen.observe(button);
    return button;
  });
  document.querySelector(".pages").replaceChildren(...shown);
}

// --- controls

function redraw() {
  drawMatrix();
  if (state.cell) openCell(...state.cell.split(",").map(Number));
}

const slider = byId("threshold");
slider.value = data.threshold;
function moved() {
  state.step = Math.round(slider.value * steps);
  byId("threshold-told").textContent = Number(slider.value).toFixed(2);
  redraw();
}
slider.addEventListener("input", moved);
byId("sets").hidden = data.confusion.length < 2;
byId("set").append(...data.confusion.map((one, i) => make("option", {value: i}, one.set)));
byId("set").addEventListener("change", event => { state.set = Number(event.target.value); redraw(); });
byId("rule").addEventListener("change", event => { state.rule = event.target.value; redraw(); });
for (const radio of document.getElementsByName("view")) {
  radio.addEventListener("change", () => { state.view = radio.value; redraw(); });
}
for (const id of ["show-found", "show-truth", "zoom"]) byId(id).addEventListener("change", () => openPage(state.list, state.at));
byId("previous").addEventListener("click", () => step(-1));
byId("next").addEventListener("click", () => step(1));
// On the document: a button that becomes disabled at the last page loses the focus.
document.addEventListener("keydown", event => {
  if (!document.querySelector("dialog").open) return;
  if (event.key === "ArrowLeft") step(-1);
  if (event.key === "ArrowRight") step(1);
});
const gone = document.querySelectorAll("script[id^=gone-]");
if (gone.length) {
  byId("gone").hidden = false;
  byId("gone").textContent = `${gone.length} pages could not be drawn, such as ${gone[0].textContent}`;
}
moved();
drawWorst();
