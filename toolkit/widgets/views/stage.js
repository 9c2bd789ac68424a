/* stage.js: controls, and the stage on which panels and controls share one state.
 *
 * Python joins plot.css (as the constant STYLE), plot.js, this text and the text of one demo into one ES module; there
 * is no bundler and nothing to download. A demo's view reads ready-made arrays and draws them. It does no mathematics
 * beyond placing a number on an axis.
 *
 *   function render(context) {
 *     return stage(context, (demo, data) => {
 *       const panel = demo.panel({ title, about, x: axis, y: axis });           // one or two of these
 *       demo.slider("rate", { label: "learning rate", marks: data.rates });     // each control owns one entry of state
 *       return (state) => {
 *         panel.draw(() => panel.line("path", points, "train"));
 *         demo.say([["loss", "400.0"]]);
 *       };
 *     });
 *   }
 *   export default { render };
 *
 * Sections: 1 controls, 2 stage.
 */

// --------------------------------------------------------------------------------------------------- 1 controls

const PLAY_MS = 90;
const CONTROL_KEYS = /^( |Enter|Home|End|PageUp|PageDown|Arrow.*)$/;

/** A slider over a list of marks; the value is the index of a mark. With `play` it also steps and plays;
 * one control of a demo carries the button that resets all of them. */
class Slider {
  constructor(
    stage,
    name,
    { label, marks, start, format = (v) => brief(v), printed = [], play = false, reset = play, step = "Step" },
  ) {
    Object.assign(this, { stage, name, marks, start, format });
    const id = fresh();
    this.input = make("input", { type: "range", id, min: 0, max: marks.length - 1, step: 1, ...OURS });
    this.shown = make("output", { for: id });
    this.element = make(
      "div",
      { class: "tk-control" },
      make("div", { class: "tk-head" }, make("label", { for: id }, label), this.shown),
      this.input,
    );
    if (printed.length) this.element.append(printedMarks(printed, marks.length));
    if (play || reset) this.element.append(this.buttons(play, step));
    this.input.addEventListener("input", () => this.set(Number(this.input.value)));
    this.input.addEventListener("keydown", (event) => {
      const by = {
        ArrowRight: 1,
        ArrowUp: 1,
        ArrowLeft: -1,
        ArrowDown: -1,
        PageUp: 5,
        PageDown: -5,
        Home: -Infinity,
        End: Infinity,
      }[event.key];
      if (by === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
      event.preventDefault();
      this.set(Number(this.input.value) + by);
    });
    this.show(start);
  }

  /** Choose another set of marks of the same length, for a control whose unit changes. */
  setMarks(marks) {
    this.marks = marks;
    this.show(this.stage.state[this.name] ?? this.start);
  }

  set(index, byPlay = false) {
    if (!byPlay) this.stage.stop();
    this.show(clamp(index, 0, this.marks.length - 1));
    this.stage.redraw();
  }

  show(index) {
    this.stage.state[this.name] = index;
    const words = this.format(this.marks[index], index);
    this.input.value = index;
    put(this.input, "aria-valuetext", words);
    write(this.shown, words);
  }

  buttons(play, stepText) {
    const reset = button("Reset", () => this.stage.reset());
    if (!play) return make("div", { class: "tk-buttons" }, reset);
    const step = button(stepText, () => this.set(Number(this.input.value) + 1));
    this.playButton = button("Play", () => (this.stage.timer ? this.stage.stop() : this.run()));
    return make("div", { class: "tk-buttons" }, step, this.playButton, reset);
  }

  /** Play to the last frame, from the first when already there; at once for readers who want no motion. */
  run() {
    const last = this.marks.length - 1;
    if (matchMedia("(prefers-reduced-motion: reduce)").matches) return this.set(last);
    if (this.stage.state[this.name] === last) this.set(0);
    put(this.stage.readout, "aria-live", "off"); // a screen reader hears the end, not sixty frames
    write(this.playButton, "Pause");
    this.stage.timer = setInterval(() => {
      this.set(this.stage.state[this.name] + 1, true);
      if (this.stage.state[this.name] >= last) this.stage.stop();
    }, PLAY_MS);
    this.stage.ended = () => {
      write(this.playButton, "Play");
      put(this.stage.readout, "aria-live", "polite");
      this.stage.readout.replaceChildren(); // written anew, so that the end is heard
      this.stage.redraw();
    };
  }
}

/** One of a few options; the value is the index of the option. */
class Choice {
  constructor(stage, name, { label, options, start }) {
    Object.assign(this, { stage, name, start });
    const group = fresh();
    this.inputs = options.map((_, i) => make("input", { type: "radio", name: group, value: i, ...OURS }));
    this.element = make(
      "fieldset",
      { class: "tk-control" },
      make("legend", { class: "tk-head" }, label),
      make(
        "div",
        { class: "tk-options" },
        ...options.map((text, i) => make("label", {}, this.inputs[i], make("span", {}, text))),
      ),
    );
    this.inputs.forEach((input, i) =>
      input.addEventListener("change", () => {
        stage.stop();
        this.show(i);
        stage.redraw();
      }),
    );
    this.show(start);
  }

  show(index) {
    this.stage.state[this.name] = index;
    this.inputs[index].checked = true;
  }
}

/** One of many options, in a drop-down list; the value is the index of the option. */
class Menu {
  constructor(stage, name, { label, options, start }) {
    Object.assign(this, { stage, name, start });
    const id = fresh();
    this.select = make("select", { id, ...OURS }, ...options.map((text, i) => make("option", { value: i }, text)));
    this.element = make(
      "div",
      { class: "tk-control" },
      make("div", { class: "tk-head" }, make("label", { for: id }, label)),
      make("div", { class: "tk-buttons" }, this.select),
    );
    this.select.addEventListener("change", () => {
      this.show(this.select.selectedIndex);
      stage.redraw();
    });
    this.show(start);
  }

  show(index) {
    this.stage.state[this.name] = index;
    this.select.selectedIndex = index;
  }
}

function button(text, action) {
  const element = make("button", { type: "button", ...OURS }, text);
  element.addEventListener("click", action);
  return element;
}

/** Words under a slider at some of its marks: [{index, text, row, anchor: "start" | "middle" | "end"}]. */
function printedMarks(printed, count) {
  const shift = { start: "0", middle: "-50%", end: "-100%" };
  const rows = 1 + Math.max(...printed.map(({ row = 0 }) => row));
  const parts = printed.flatMap(({ index, text, row = 0, anchor = "middle" }) => {
    const left = `${(100 * index) / (count - 1)}%`;
    return [
      make("i", { style: `left: ${left}; top: -3px; height: ${5 + 15 * row}px` }),
      make("span", { style: `left: ${left}; top: ${2 + 15 * row}px; transform: translateX(${shift[anchor]})` }, text),
    ];
  });
  return make("div", { class: "tk-marks", style: `height: ${4 + 16 * rows}px`, "aria-hidden": "true" }, ...parts);
}

// ------------------------------------------------------------------------------------------------------ 2 stage

/** A demo on the page: title, panels, controls, read-out, caption and questions. One state for all of them. */
class Stage {
  constructor({ model, el }, build) {
    Object.assign(this, { model, el, build });
    this.mount = this.mount.bind(this);
    this.follow = this.follow.bind(this);
    this.watch = new ResizeObserver((entries) => this.fit(entries[0].contentRect.width));
    this.scheme = matchMedia("(prefers-color-scheme: dark)");
    this.scheme.addEventListener("change", this.follow);
    this.themes = new MutationObserver(this.follow);
    for (const node of [document.documentElement, document.body]) {
      this.themes.observe(node, {
        attributes: true,
        attributeFilter: ["class", "style", "data-jp-theme-light", "data-jp-theme-name"],
      });
    }
    model.on("change:data", this.mount);
    this.mount();
  }

  /** Build everything from the model's data; called again when Python sends other data. */
  mount() {
    this.stop();
    Object.assign(this, { state: {}, panels: [], controls: [], width: 0 });
    this.readout = make("p", { class: "tk-readout", role: "status", "aria-live": "polite" });
    const title = make("div", { class: "tk-title", id: fresh() }, this.model.get("title"));
    const root = make("div", { class: "tk-demo", role: "group", "aria-labelledby": title.id });
    this.view = this.build(this, this.model.get("data"));
    root.append(
      make("style", {}, STYLE),
      title,
      make("div", { class: "tk-panels" }, ...this.panels.map((p) => p.element)),
      (this.board = make("div", { class: "tk-controls" }, ...this.controls.map((c) => c.element))),
      this.readout,
      make("p", { class: "tk-caption" }, this.model.get("caption")),
      ...this.model.get("questions").map(folded),
    );
    root.addEventListener("keydown", (event) => {
      if (CONTROL_KEYS.test(event.key)) event.stopPropagation(); // or a deck of slides would turn the page
    });
    this.watch.disconnect();
    this.root?.remove();
    this.root = root;
    this.el.append(root);
    this.follow();
    this.fit(root.clientWidth ? root.clientWidth - 36 : 640);
    this.watch.observe(root);
  }

  panel(options) {
    this.panels.push(new Panel(options));
    return this.panels.at(-1);
  }
  slider(name, options) {
    return this.control(new Slider(this, name, options));
  }
  choice(name, options) {
    return this.control(new Choice(this, name, options));
  }
  menu(name, options) {
    return this.control(new Menu(this, name, options));
  }
  control(control) {
    this.controls.push(control);
    return control;
  }

  /** The read-out line: [[name, value, "alarm"?], ...]. */
  say(items) {
    while (this.readout.children.length > items.length) this.readout.lastChild.remove();
    items.forEach(([name, value, look = ""], i) => {
      const item = this.readout.children[i] ?? this.readout.appendChild(make("span", {}, make("span"), make("b")));
      put(item, "class", look);
      write(item.children[0], name ? name + " " : "");
      write(item.children[1], value);
    });
  }

  redraw() {
    if (this.width) this.view(this.state);
  }

  stop() {
    clearInterval(this.timer);
    this.timer = null;
    this.ended?.();
    this.ended = null;
  }

  reset() {
    this.stop();
    for (const control of this.controls) control.show(control.start);
    this.redraw();
  }

  /** Side by side from 640 px on, else one above the other; text keeps its size, so everything is drawn anew. */
  fit(width) {
    if (width < 1 || Math.abs(width - this.width) < 1) return;
    this.width = width;
    const narrow = width < 640,
      gap = 24,
      shares = this.panels.reduce((sum, p) => sum + p.share, 0);
    this.root.classList.toggle("narrow", narrow);
    const widths = this.panels.map((p) =>
      Math.floor(narrow ? width : ((width - gap * (this.panels.length - 1)) * p.share) / shares),
    );
    const height = clamp(Math.round(0.74 * Math.max(...widths)), 270, 350);
    this.panels.forEach((p, i) => p.resize(widths[i], height));
    const columns = narrow ? 1 : this.controls.length === 4 || width < 860 ? 2 : 3;
    put(this.board, "style", `grid-template-columns: repeat(${columns}, minmax(0, 1fr))`);
    this.redraw();
  }

  /** Dark on a dark page, light on a light one: ask the page's own background, then the system. */
  follow() {
    let dark = this.scheme.matches;
    for (let node = this.el; node; node = node.parentElement) {
      const [r, g, b, alpha = 1] = (getComputedStyle(node).backgroundColor.match(/[\d.]+/g) ?? [0, 0, 0, 0]).map(
        Number,
      );
      if (alpha > 0.5) {
        dark = 0.299 * r + 0.587 * g + 0.114 * b < 128;
        break;
      }
    }
    this.root.classList.toggle("dark", dark);
  }

  dispose() {
    this.stop();
    this.watch.disconnect();
    this.themes.disconnect();
    this.scheme.removeEventListener("change", this.follow);
    this.model.off("change:data", this.mount);
  }
}

/** A question with its folded answer. */
function folded([question, answer]) {
  return make("details", {}, make("summary", { ...OURS }, question), make("p", {}, answer));
}

/** Put a demo into `el`; `build(stage, data)` makes panels and controls and returns the function that draws a state. */
function stage(context, build) {
  const made = new Stage(context, build);
  return () => made.dispose();
}
