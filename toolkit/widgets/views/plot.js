/* plot.js: numbers as text, elements, axes, and the panel: one pair of axes with named marks on it.
 *
 * Everything here only places ready-made numbers in a picture. What a demo is made of besides is in stage.js, colours
 * and spacing are in plot.css. Sections: 1 numbers, 2 elements, 3 axes, 4 panel.
 */

// ---------------------------------------------------------------------------------------------------- 1 numbers

/** A number with `n` significant digits, thousands grouped from 10,000; a missing one is a dash. */
function significant(value, n = 4) {
  if (value === null || !Number.isFinite(value)) return "\u2013";
  const text = value === 0 ? "0" : value.toPrecision(n);
  const plain = text.includes("e") && Math.abs(value) >= 1 ? Number(text).toLocaleString("en-GB") : text;
  const grouped = Math.abs(value) >= 1e4 ? Number(text).toLocaleString("en-GB") : plain;
  return grouped.replace("-", "\u2212");
}

/** A number as short as it goes: at most `n` significant digits, no trailing zeros. */
function brief(value, n = 3) {
  return Number(value.toPrecision(n)).toLocaleString("en-GB", { maximumFractionDigits: 12 }).replace("-", "\u2212");
}

/** A number with a fixed count of decimals. */
function fixed(value, decimals) {
  return value === null ? "\u2013" : value.toFixed(decimals).replace("-", "\u2212");
}

/** The numbers of `toolkit.widgets.base.packed`: little-endian uint16 in base64, 0 stands for low, 65535 for high. */
function unpack({ low, high, uint16 }) {
  const bytes = Uint8Array.from(atob(uint16), (c) => c.charCodeAt(0));
  const words = new DataView(bytes.buffer);
  return Float64Array.from(
    { length: bytes.length / 2 },
    (_, i) => low + (words.getUint16(2 * i, true) / 65535) * (high - low),
  );
}

const clamp = (value, low, high) => Math.min(high, Math.max(low, value));

// --------------------------------------------------------------------------------------------------- 2 elements

/** An HTML element; strings among the children become text, never markup. */
function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

/** An SVG element. */
function draw(tag, attributes = {}, ...children) {
  const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

/** Set an attribute or the text only where it changes: the fewer mutations, the faster the answer to a key. */
function put(element, name, value) {
  if (element.getAttribute(name) !== String(value)) element.setAttribute(name, value);
}
function write(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

/* JupyterLab takes arrow keys, Enter and Space away from an output unless this stands on the control itself. */
const OURS = { "data-lm-suppress-shortcuts": "true" };
const fresh = () => "tk" + Math.random().toString(36).slice(2, 10); // an id that no other copy on the page has

// ------------------------------------------------------------------------------------------------------- 3 axes

/** The function from a value to a pixel. An axis is {domain: [low, high], log, label, ticks, format}. */
function scale({ domain, log = false }, [from, to]) {
  const f = log ? Math.log10 : (v) => v;
  const [low, high] = domain.map(f);
  return (value) => from + ((f(value) - low) / (high - low)) * (to - from);
}

/** Round values to label: powers of ten (1-2-5 within two decades) on a log axis, 1-2-5 steps on a linear one. */
function ticksOf({ domain: [low, high], log = false, ticks }, count) {
  if (ticks) return ticks;
  const found = [];
  if (log) {
    const multiples = Math.log10(high / low) > 2.2 ? [1] : [1, 2, 5];
    for (let power = Math.floor(Math.log10(low)); power <= Math.ceil(Math.log10(high)); power++) {
      for (const m of multiples) found.push(Number((m * 10 ** power).toPrecision(6)));
    }
  } else {
    const rough = (high - low) / count,
      power = 10 ** Math.floor(Math.log10(rough));
    const step = power * [1, 2, 5, 10].find((m) => m * power >= rough);
    for (let i = Math.ceil(low / step); i <= high / step + 1e-9; i++) found.push(Number((i * step).toPrecision(12)));
  }
  return found.filter((v) => v >= low * (1 - 1e-9 * Math.sign(low)) && v <= high * (1 + 1e-9 * Math.sign(high)));
}

/** Move labels apart along one direction: at least `gap` apart where there is room, between low and high. */
function spread(positions, gap, low, high) {
  const placed = positions.slice();
  const order = positions.map((_, i) => i).sort((a, b) => positions[a] - positions[b]);
  for (let round = 0; round < 80; round++) {
    // neighbours that are too near push each other away
    for (let k = 1; k < order.length; k++) {
      const [a, b] = [order[k - 1], order[k]],
        push = (gap - (placed[b] - placed[a])) / 2;
      if (push > 0) {
        placed[a] -= push;
        placed[b] += push;
      }
    }
    order.forEach((i) => {
      placed[i] = clamp(placed[i], low, high);
    });
  }
  return placed;
}

// ------------------------------------------------------------------------------------------------------ 4 panel

const MARGIN = { left: 56, right: 20, top: 28, bottom: 42 };

/** One pair of axes. Marks are named: a mark that is drawn again moves, a mark that is not drawn disappears. */
class Panel {
  /** @param {{title, about, x, y, equal, share, legend}} options  `about` is read out by screen readers. */
  constructor(options) {
    Object.assign(this, { equal: false, share: 1, legend: [], ...options });
    const [title, about] = [fresh(), fresh()],
      clip = fresh();
    this.heading = make("div", { class: "tk-panel-title" }, this.title);
    this.key = make("div", { class: "tk-legend" }, ...this.legend.map(legendEntry));
    this.axes = draw("g", { "aria-hidden": "true" });
    this.marks = draw("g", { "clip-path": `url(#${clip})` });
    this.points = draw("g");
    this.notes = draw("g");
    this.window = draw("rect");
    this.svg = draw(
      "svg",
      { role: "img", "aria-labelledby": `${title} ${about}` },
      draw("title", { id: title }, this.title),
      draw("desc", { id: about }, this.about),
      draw("defs", {}, draw("clipPath", { id: clip }, this.window)),
      this.axes,
      this.marks,
      this.points,
      this.notes,
    );
    this.element = make("div", { class: "tk-panel" }, this.heading, this.key, this.svg);
    this.known = new Map();
  }

  /** Give the panel another axis; nothing happens if it is the same object. */
  setAxis(name, axis) {
    if (this[name] === axis) return;
    this[name] = axis;
    if (this.width) this.resize(this.width, this.height);
  }

  /** Give the panel another legend; nothing happens if it is the same object. */
  setLegend(legend) {
    if (this.legend === legend) return;
    this.legend = legend;
    this.key.replaceChildren(...legend.map(legendEntry));
  }

  /** Fit the panel into a box in pixels, and redraw its axes. */
  resize(width, height) {
    Object.assign(this, { width, height });
    const inner = { left: MARGIN.left, right: width - MARGIN.right, top: MARGIN.top, bottom: height - MARGIN.bottom };
    const axis = { x: this.x, y: this.y };
    if (this.equal) {
      // the same number of pixels a unit both ways: the roomier axis shows more
      const unit = Math.min((inner.right - inner.left) / span(axis.x), (inner.bottom - inner.top) / span(axis.y));
      axis.x = widen(axis.x, (inner.right - inner.left) / unit);
      axis.y = widen(axis.y, (inner.bottom - inner.top) / unit);
    }
    this.inner = inner;
    this.shown = axis;
    this.px = scale(axis.x, [inner.left, inner.right]);
    this.py = scale(axis.y, [inner.bottom, inner.top]);
    for (const [name, value] of Object.entries({ width, height, viewBox: `0 0 ${width} ${height}` }))
      put(this.svg, name, value);
    for (const [name, value] of Object.entries({
      x: inner.left,
      y: inner.top,
      width: inner.right - inner.left,
      height: inner.bottom - inner.top,
    }))
      put(this.window, name, value);
    this.axes.replaceChildren(...this.drawAxes());
  }

  drawAxes() {
    const { left, right, top, bottom } = this.inner,
      { x, y } = this.shown,
      parts = [];
    for (const v of ticksOf(x, (right - left) / 64)) {
      parts.push(
        draw("path", { class: "gridline", d: `M${this.px(v)} ${bottom}V${top}` }),
        draw("text", { x: this.px(v), y: bottom + 17, "text-anchor": "middle" }, (x.format ?? brief)(v)),
      );
    }
    for (const v of ticksOf(y, (bottom - top) / 44)) {
      parts.push(
        draw("path", { class: "gridline", d: `M${left} ${this.py(v)}H${right}` }),
        draw("text", { x: left - 7, y: this.py(v) + 4, "text-anchor": "end" }, (y.format ?? brief)(v)),
      );
    }
    parts.push(
      draw("path", { class: "axis", d: `M${left} ${top}V${bottom}H${right}` }),
      draw("text", { class: "name", x: (left + right) / 2, y: bottom + 36, "text-anchor": "middle" }, x.label ?? ""),
      draw("text", { class: "name", x: 4, y: 14 }, y.label ?? ""),
    );
    return parts;
  }

  /** Run `marks`, then take away every mark that it did not name again. */
  draw(marks) {
    this.touched = new Set();
    this.last = new Map([
      [this.marks, null],
      [this.points, null],
      [this.notes, null],
    ]);
    marks(this);
    for (const [name, element] of this.known) {
      if (!this.touched.has(name)) {
        element.remove();
        this.known.delete(name);
      }
    }
  }

  /** The element of a mark, made on first use, kept in the order in which marks are named. */
  mark(name, tag, parent) {
    let element = this.known.get(name);
    if (!element) this.known.set(name, (element = draw(tag)));
    const before = this.last.get(parent);
    const place = before ? before.nextSibling : parent.firstChild;
    if (element.parentNode !== parent || place !== element) parent.insertBefore(element, place);
    this.last.set(parent, element);
    this.touched.add(name);
    return element;
  }

  /** Where a point lies, in pixels; far outside is as good as infinitely far. */
  at([x, y]) {
    return [Math.round(10 * clamp(this.px(x), -1e4, 1e4)) / 10, Math.round(10 * clamp(this.py(y), -1e4, 1e4)) / 10];
  }

  /** Anything that can be written as path data in pixels. */
  path(name, d, look, layer = this.marks) {
    const element = this.mark(name, "path", layer);
    put(element, "class", look);
    put(element, "d", d);
    return element;
  }

  /** A line through points [x, y]; null, or a coordinate null, breaks it. */
  line(name, points, look = "train") {
    let d = "",
      pen = "M";
    for (const p of points) {
      if (p === null || p[0] === null || p[1] === null) {
        pen = "M";
        continue;
      }
      d += pen + this.at(p).join(" ");
      pen = "L";
    }
    return this.path(name, d, `line ${look}`);
  }

  /** The region between two lines over the same x. */
  area(name, upper, lower, look) {
    const all = [...upper, ...lower.slice().reverse()].map((p) => this.at(p).join(" "));
    return this.path(name, `M${all.join("L")}Z`, `area ${look}`);
  }

  /** Full dots, rings and crosses of a radius in pixels; none outside the window, none cut at its edge. */
  dots(name, points, look = "train", radius = 4) {
    return this.symbols(name, points, `dot ${look}`, (at) => circle(at, radius));
  }
  rings(name, points, look = "test", radius = 5) {
    return this.symbols(name, points, `ring ${look}`, (at) => circle(at, radius));
  }
  crosses(name, points, look = "truth", radius = 5) {
    return this.symbols(name, points, `cross ${look}`, (at) => diagonal(at, radius));
  }
  symbols(name, points, look, symbol) {
    const { left, right, top, bottom } = this.inner;
    const inside = ([x, y]) => x > left - 1 && x < right + 1 && y > top - 1 && y < bottom + 1;
    return this.path(
      name,
      points
        .map((p) => this.at(p))
        .filter(inside)
        .map(symbol)
        .join(""),
      look,
      this.points,
    );
  }

  /** An arrow from one point to another, with a head of fixed size; too short an arrow is not drawn. */
  arrow(name, from, to, look = "train") {
    const [x0, y0] = this.at(from),
      [x1, y1] = this.at(to);
    const length = Math.hypot(x1 - x0, y1 - y0);
    if (length < 8) return;
    const [u, v] = [(x1 - x0) / length, (y1 - y0) / length];
    const base = [x1 - 11 * u, y1 - 11 * v];
    this.path(
      `${name} head`,
      `M${x1} ${y1}L${base[0] - 5 * v} ${base[1] + 5 * u}L${base[0] + 5 * v} ${base[1] - 5 * u}Z`,
      `tip ${look}`,
    );
  }

  /** Words at a point; dx, dy in pixels; never cut by the panel's window. */
  text(name, [x, y], words, { anchor = "start", dx = 0, dy = 4, look = "note" } = {}) {
    const element = this.mark(name, "text", this.notes);
    put(element, "class", look);
    put(element, "x", (this.px(x) + dx).toFixed(1));
    put(element, "y", (this.py(y) + dy).toFixed(1));
    put(element, "text-anchor", anchor);
    write(element, words);
    return element;
  }

  /** Call `move(x, y, first)` with the values under the pointer while it is dragged (linear axes), and `drop` at the
   * end. A finger scrolls the page instead: for it there are the controls. */
  onDrag(move, drop = () => {}) {
    const value = (event) => {
      const box = this.svg.getBoundingClientRect();
      const shrink = this.width / box.width,
        { x, y } = this.shown,
        { left, right, top, bottom } = this.inner;
      const [px, py] = [(event.clientX - box.left) * shrink, (event.clientY - box.top) * shrink];
      const [u, v] = [clamp((px - left) / (right - left), 0, 1), clamp((bottom - py) / (bottom - top), 0, 1)];
      return [x.domain[0] + u * span(x), y.domain[0] + v * span(y)];
    };
    this.svg.classList.add("grab");
    this.svg.addEventListener("pointerdown", (event) => {
      if (event.pointerType === "touch") return;
      this.svg.setPointerCapture(event.pointerId);
      this.dragging = true;
      move(...value(event), true);
    });
    this.svg.addEventListener("pointermove", (event) => {
      if (this.dragging) move(...value(event), false);
    });
    for (const end of ["pointerup", "pointercancel"])
      this.svg.addEventListener(end, () => {
        if (this.dragging) drop((this.dragging = false));
      });
  }
}

const span = ({ domain: [low, high] }) => high - low;
const diagonal = ([x, y], r) => `M${x - r} ${y - r}l${2 * r} ${2 * r}m0 ${-2 * r}l${-2 * r} ${2 * r}`;
const circle = ([x, y], r) => `M${x - r} ${y}a${r} ${r} 0 1 0 ${2 * r} 0a${r} ${r} 0 1 0 ${-2 * r} 0Z`;

function widen(axis, length) {
  const middle = (axis.domain[0] + axis.domain[1]) / 2;
  return { ...axis, domain: [middle - length / 2, middle + length / 2] };
}

/** A sample of a mark and its name: {look, mark: "line" | "dot" | "ring" | "cross" | "area", text}. */
function legendEntry({ look, mark = "line", text }) {
  const d = {
    line: "M0 7H24",
    dot: circle([12, 7], 4),
    ring: circle([12, 7], 4.5),
    cross: diagonal([12, 7], 4),
    area: "M0 2H24V12H0Z",
  }[mark];
  const sample = draw(
    "svg",
    { width: 24, height: 14, "aria-hidden": "true" },
    draw("path", { class: `${mark} ${look}`, d }),
  );
  return make("span", {}, sample, text);
}

/** A closed curve `unit` (offsets [dx, dy] of excess 1) blown up to a level of a quadratic around a centre. */
function level(unit, [x, y], radius) {
  return unit.map(([dx, dy]) => [x + radius * dx, y + radius * dy]);
}
