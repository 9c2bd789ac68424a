/* Demo 03-2: left one sample and the fits to it and to others, right the errors against the degree. */

const X = { domain: [0, 1], label: "x", ticks: [0, 0.25, 0.5, 0.75, 1] };
const Y = { domain: [-2.5, 2.5], label: "y", ticks: [-2, -1, 0, 1, 2] };
const DEGREE = { domain: [-0.3, 12.3], label: "degree", ticks: [0, 2, 4, 6, 8, 10, 12] };
const ERROR = { domain: [0.03, 10], log: true, label: "mean squared error, log", ticks: [0.03, 0.1, 0.3, 1, 3, 10] };
const MODES = ["points", "twenty fits", "bias\u00b2 + variance"];

/** Three decimals; three digits of a large number, one decimal more of a small one. */
const error = (v) => (v >= 1 ? significant(v, 3) : fixed(v, v < 0.01 ? 4 : 3));

const TABLES = [
  { look: "train", text: "train" },
  { look: "test dashed", text: "test" },
  { look: "truth", mark: "cross", text: "smallest test error" },
  { look: "truth thin dotted", text: "noise" },
];
const PARTS = [
  { look: "ghost", mark: "area", text: "noise" },
  { look: "third", mark: "area", text: "+ bias\u00b2" },
  { look: "attacker", mark: "area", text: "+ variance = expected error" },
];
const FITS = [
  { look: "train", mark: "dot", text: "these points" },
  { look: "train thick", text: "their fit" },
  { look: "truth thin", text: "truth" },
  { look: "ghost", text: "other samples" },
];
const MEAN = [FITS[0], { look: "third thick", text: "average of the twenty" }, FITS[2], FITS[3]];

function render(context) {
  return stage(context, (demo, data) => {
    const grid = data.grid,
      width = grid.length,
      samples = data.x.length;
    const curves = unpack(data.curves),
      means = unpack(data.means);
    const pair = (values, from) => grid.map((x, i) => [x, values[from + i]]);
    const curve = (degree, sample) => pair(curves, (degree * samples + sample) * width);

    const left = demo.panel({
      title: "Fits of one degree",
      x: X,
      y: Y,
      about:
        "Twenty noisy points of a sine, the true curve, the polynomial fitted to them, fits to twenty other samples.",
      legend: FITS,
    });
    const right = demo.panel({
      title: "Error against degree",
      x: DEGREE,
      y: ERROR,
      about:
        "Training error falls with the degree, test error falls and then rises. Or noise, bias squared and variance.",
      legend: TABLES,
    });
    demo.slider("degree", {
      label: "degree",
      marks: grid.slice(0, 13).map((_, i) => i),
      start: data.start.degree,
      format: String,
    });
    demo.choice("mode", { label: "show", options: MODES, start: data.start.mode });
    demo.slider("sample", {
      label: "sample",
      marks: data.x.map((_, i) => i),
      start: data.start.sample,
      play: true,
      step: "New sample",
      format: (i) => (i ? `new sample ${i} of ${samples - 1}` : "first sample"),
    });

    return ({ degree, mode, sample }) => {
      const parts = mode === 2;
      left.setLegend(parts ? MEAN : FITS);
      right.setLegend(parts ? PARTS : TABLES);
      left.draw(() => {
        if (mode > 0) for (let s = 1; s < samples; s++) left.line(`fit ${s}`, curve(degree, s), "ghost thin faint");
        left.line(
          "truth",
          grid.map((x, i) => [x, data.truth[i]]),
          "truth thin",
        );
        if (parts) left.line("mean", pair(means, degree * width), "third thick");
        else left.line("fit", curve(degree, sample), "train thick");
        left.dots(
          "points",
          data.x[sample].map((x, i) => [x, data.y[sample][i]]),
          "train",
          4,
        );
        if (!parts && data.leaves[degree][sample])
          left.text("leaves", [0.98, 2.2], "the fit leaves the picture", { anchor: "end" });
      });

      const table = (name) => data[name][sample].map((v, i) => [i, v]);
      const stacked = (add) => data.bias2.map((_, i) => [i, data.noise + add(i)]);
      right.draw(() => {
        if (parts) {
          const noise = stacked(() => 0),
            bias = stacked((i) => data.bias2[i]);
          const total = data.total.map((v, i) => [i, v]);
          right.area(
            "noise area",
            noise,
            noise.map(([i]) => [i, 0.03]),
            "ghost",
          );
          right.area("bias area", bias, noise, "third");
          right.area("variance area", total, bias, "attacker");
          right.dots("total", [[degree, data.total[degree]]], "attacker", 6);
        } else {
          right.line(
            "noise",
            right.x.domain.map((x) => [x, data.noise]),
            "truth thin dotted",
          );
          right.line("train", table("train"), "train");
          right.line("test", table("test"), "test dashed");
          right.dots("train now", [[degree, data.train[sample][degree]]], "train", 6);
          right.rings("test now", [[degree, data.test[sample][degree]]], "test thick", 8);
          right.crosses("best", [[data.best[sample], data.test[sample][data.best[sample]]]], "truth", 5);
        }
      });

      const best = data.best[sample];
      demo.say(
        parts
          ? [
              ["degree", String(degree)],
              ["bias\u00b2", fixed(data.bias2[degree], 4)],
              ["variance", error(data.variance[degree])],
              ["noise", String(data.noise)],
              ["total", error(data.total[degree])],
            ]
          : [
              ["degree", String(degree)],
              ["train", error(data.train[sample][degree])],
              ["test", `${error(data.test[sample][degree])} (best ${error(data.test[sample][best])} at ${best})`],
            ],
      );
    };
  });
}

export default { render };
