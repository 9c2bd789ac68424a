/* Demo 03-3: left ten coefficients against alpha, right two of them, the loss and the shape of the penalty. */

const ALPHA = {
  domain: [0.0028, 100],
  log: true,
  label: "weak  \u2190  alpha, log  \u2192  strong",
  ticks: [0.01, 0.1, 1, 10, 100],
};
const COEFFICIENT = { domain: [-42, 42], label: "score points per standard deviation", ticks: [-40, -20, 0, 20, 40] };
const SHAPES = ["the diamond", "the rounded diamond", "the circle"];

/** A quarter of a shape that is symmetric about both axes, all the way round. */
function around(quarter) {
  const back = quarter.slice().reverse();
  return [
    ...quarter,
    ...back.map(([x, y]) => [-x, y]),
    ...quarter.map(([x, y]) => [-x, -y]),
    ...back.map(([x, y]) => [x, -y]),
  ];
}

function render(context) {
  return stage(context, (demo, data) => {
    const fan = demo.panel({
      title: "Ten coefficients",
      share: 1.15,
      x: ALPHA,
      y: COEFFICIENT,
      about: "Each coefficient of the diabetes data as a line against alpha, named at the weak end; the chosen alpha.",
      legend: [
        { look: "train", text: "not zero at this alpha" },
        { look: "ghost", text: "zero" },
        { look: "train thick", text: "followed" },
        { look: "attacker", text: "one reaches zero" },
      ],
    });
    const plane = demo.panel({
      title: "Two features only",
      share: 0.85,
      equal: true,
      x: { domain: [-18, 60], label: "bmi" },
      y: { domain: [-18, 58], label: "bp" },
      about: "Level lines of the loss around least squares, a cross; the shape of the penalty; a dot where they touch.",
      legend: [
        { look: "third", mark: "area", text: "same penalty" },
        { look: "train", text: "same loss" },
        { look: "truth", mark: "cross", text: "least squares" },
      ],
    });
    demo.slider("alpha", {
      label: "alpha",
      marks: data.alphas,
      start: data.start.alpha,
      format: (v) => brief(v, 4),
      play: true,
    });
    demo.choice("method", { label: "penalty", options: data.methods, start: data.start.method });
    demo.menu("feature", { label: "coefficient to follow", options: data.names, start: data.start.feature });

    return ({ alpha: k, method, feature }) => {
      const coefs = data.coefs[method],
        alpha = data.alphas[k],
        w = data.two[method][k];
      fan.draw(() => {
        fan.line(
          "zero",
          [
            [0.01, 0],
            [100, 0],
          ],
          "truth thin",
        );
        coefs.forEach((coef, j) => {
          const look = coef[k] === 0 ? "ghost" : "train";
          fan.line(
            `path ${j}`,
            coef.map((v, i) => [data.alphas[i], v]),
            j === feature ? `${look} thick` : look,
          );
        });
        const [, bottom] = fan.at([1, COEFFICIENT.domain[0]]);
        fan.path(
          "zeros",
          data.zeros[method].map((v) => `M${fan.at([v, 0])[0]} ${bottom}v-9`).join(""),
          "line attacker",
        );
        fan.line(
          "cursor",
          [
            [alpha, -42],
            [alpha, 42],
          ],
          "truth thin dashed",
        );
        fan.dots("followed", [[alpha, coefs[feature][k]]], "train", 6);
        const gap = 14,
          heights = coefs.map((coef) => fan.at([1, coef[0]])[1]);
        const placed = spread(heights, gap, fan.inner.top + 6, fan.inner.bottom - 6);
        coefs.forEach((coef, j) => {
          const name = fan.text(`name ${j}`, [0.01, coef[0]], data.names[j], {
            anchor: "end",
            dx: -5,
            dy: 4 + placed[j] - heights[j],
          });
          put(name, "font-weight", j === feature ? "700" : "400");
        });
      });

      plane.draw(() => {
        plane.line("axes", [[-200, 0], [200, 0], null, [0, -200], [0, 200]], "truth thin faint");
        data.radii.forEach((r, i) => plane.line(`level ${i}`, level(data.unit, data.optimum, r), "ghost thin faint"));
        plane.path(
          "shape",
          `M${around(data.shapes[method][k])
            .map((p) => plane.at(p).join(" "))
            .join("L")}Z`,
          "area third",
        );
        plane.line("touching", level(data.unit, data.optimum, data.radius[method][k]), "train");
        plane.line("way", data.two[method], "train dotted");
        plane.crosses("least squares", [data.optimum], "truth", 6);
        plane.dots("here", [w], "train", 6);
        plane.text("shape name", [-16, -14], SHAPES[method]);
      });

      demo.say([
        ["alpha", brief(alpha, 4)],
        ["non-zero", `${data.nonzero[method][k]} of ${coefs.length}`],
        ["train MSE", significant(data.mse[method][k], 5)],
        [data.names[feature], significant(coefs[feature][k])],
        ["two features: bmi, bp", `${significant(w[0])}, ${significant(w[1])}`],
      ]);
    };
  });
}

export default { render };
