/* Demo 03-4: left houses, a line and its squares; right the area of every line, with this line and the best one. */

const AREA = { domain: [12, 32], label: "area (hundred square feet)" };
const PRICE = { domain: [150, 600], label: "price (thousand dollars)" };
const FAR_PRICE = { domain: [0, 780], label: "price (thousand dollars)" }; // once a price has left the other axis

const nearest = (marks, value) =>
  marks.reduce((best, mark, i) => (Math.abs(mark - value) < Math.abs(marks[best] - value) ? i : best), 0);
const signed = (value, words = brief(value, 4)) => (value > 0 ? `+${words}` : words);

function render(context) {
  return stage(context, (demo, data) => {
    const houses = demo.panel({
      title: "A line and its squares",
      x: AREA,
      y: PRICE,
      about: "Five houses as dots, a line, and on each residual a square. Houses can be dragged up and down.",
      legend: [
        { look: "train", text: "this line" },
        { look: "attacker", mark: "area", text: "square of a residual" },
        { look: "truth thin", text: "new best line" },
      ],
    });
    const lines = demo.panel({
      title: "Summed area over all lines",
      x: { domain: [5, 25], label: "slope" },
      y: { domain: [-150, 250], label: "intercept" },
      about:
        "Level lines of the summed area over slope and intercept, long and thin. A dot: this line. A cross: the best.",
      legend: [
        { look: "train", mark: "dot", text: "this line" },
        { look: "truth", mark: "cross", text: "best line" },
        { look: "ghost thin", text: "equal area" },
      ],
    });
    const slope = demo.slider("slope", {
      label: "slope (thousand per hundred sq ft)",
      marks: data.slopes,
      start: data.start.slope,
    });
    const intercept = demo.slider("intercept", {
      label: "intercept (thousand dollars)",
      marks: data.intercepts,
      start: data.start.intercept,
    });
    const house = demo.choice("house", {
      label: "house whose price moves",
      options: data.x.map((_, i) => String(i + 1)),
      start: data.start.house,
    });
    const shift = demo.slider("shift", {
      label: "change of its price",
      marks: data.shifts,
      start: data.start.shift,
      format: (v) => signed(v),
      reset: true,
    });

    houses.onDrag(
      (x, y, first) => {
        if (first) house.show(nearest(data.x, x));
        shift.set(nearest(data.shifts, y - data.y[demo.state.house]));
      },
      () => demo.redraw(),
    );
    lines.onDrag((a, b) => {
      slope.show(nearest(data.slopes, a));
      intercept.set(nearest(data.intercepts, b));
    });

    return (state) => {
      const [a, b, d] = [data.slopes[state.slope], data.intercepts[state.intercept], data.shifts[state.shift]];
      const moved = d !== 0,
        at = (name) => data.best[name][state.house][state.shift];
      const prices = data.y.map((y, i) => (i === state.house ? y + d : y));
      const residual = (price, i) => price - (a * data.x[i] + b);
      const change = residual(prices[state.house], state.house) ** 2 - residual(data.y[state.house], state.house) ** 2;
      const along = (m, c) => houses.x.domain.map((x) => [x, m * x + c]);

      const far = prices.some((price) => price < PRICE.domain[0] + 10 || price > PRICE.domain[1] - 10);
      if (!houses.dragging) houses.setAxis("y", far ? FAR_PRICE : PRICE); // under the pointer the axis stays
      houses.draw(() => {
        prices.forEach((price, i) => {
          const [x, y] = houses.at([data.x[i], price]),
            foot = houses.at([data.x[i], price - residual(price, i)])[1];
          const side = x + Math.abs(y - foot) > houses.inner.right ? -Math.abs(y - foot) : Math.abs(y - foot);
          houses.path(`square ${i}`, `M${x} ${y}H${x + side}V${foot}H${x}Z`, "area attacker");
        });
        if (moved) {
          houses.line(
            "best before",
            along(data.best.slope[0][data.start.shift], data.best.intercept[0][data.start.shift]),
            "ghost dashed",
          );
          houses.line("best", along(at("slope"), at("intercept")), "truth thin");
        }
        houses.line("line", along(a, b), "train thick");
        if (moved) houses.rings("before", [[data.x[state.house], data.y[state.house]]], "ghost", 6);
        houses.dots(
          "houses",
          prices.map((price, i) => [data.x[i], price]),
          "train",
          6,
        );
        houses.rings("chosen", [[data.x[state.house], prices[state.house]]], "truth", 8);
        houses.dots("chosen dot", [[data.x[state.house], prices[state.house]]], "train", 5);
        prices.forEach((price, i) => {
          const below = residual(price, i) < 0;
          houses.text(`number ${i}`, [data.x[i], price], String(i + 1), { anchor: "middle", dy: below ? 23 : -13 });
        });
      });
      lines.draw(() => {
        data.radii.forEach((r, i) =>
          lines.line(`level ${i}`, level(data.unit, [at("slope"), at("intercept")], r), "ghost thin"),
        );
        if (moved)
          lines.crosses(
            "best before",
            [[data.best.slope[0][data.start.shift], data.best.intercept[0][data.start.shift]]],
            "ghost",
            5,
          );
        lines.dots("line", [[a, b]], "train", 7);
        lines.crosses("best", [[at("slope"), at("intercept")]], "truth", 6);
      });

      const items = [
        ["area", significant(data.areas[state.slope][state.intercept] + change)],
        ["smallest possible", significant(at("area"))],
      ];
      if (moved) {
        const turned = at("slope") - data.best.slope[0][data.start.shift];
        items.push(
          ["best slope", significant(at("slope"))],
          ["turned by", Math.abs(turned) < 5e-4 ? "0" : signed(turned, significant(turned))],
        );
      }
      demo.say(items);
    };
  });
}

export default { render };
