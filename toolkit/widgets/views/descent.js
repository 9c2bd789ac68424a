/* Demo 03-1: left the valley with the path, right the loss on the way. */

const W1 = { domain: [-80, 80], label: "w1 (thousand euro per sd of area)" };
const W2 = { domain: [0, 170], label: "w2 (thousand euro per sd of rooms)" };
const LOSS = {
  domain: [350, 20000],
  log: true,
  label: "MSE (thousand euro)\u00b2, log",
  ticks: [400, 1000, 2000, 5000, 10000, 20000],
};
const STEPS = { domain: [0, 60], label: "step", ticks: [0, 10, 20, 30, 40, 50, 60] };
const READS = { domain: [1, 12000], log: true, label: "houses read, log", ticks: [1, 10, 100, 1000, 12000] };

const CHOSEN = { look: "train thick", text: "chosen run" };
const FLOOR = { look: "truth thin dotted", text: "smallest possible" };
const LEGENDS = [
  [CHOSEN, { look: "ghost", text: "other rates" }, FLOOR],
  [CHOSEN, { look: "ghost", text: "batch, same rate" }, FLOOR],
  [CHOSEN, { look: "ghost", text: "batch, same rate" }, { look: "third", text: "rate 0.10/(1 + t/100)" }, FLOOR],
];

function render(context) {
  return stage(context, (demo, data) => {
    const valley = demo.panel({
      title: "Path over the two weights",
      share: 0.85,
      x: W1,
      y: W2,
      equal: true,
      about:
        "Level lines of the loss around its minimum, a cross. The path runs from a ring at the start to a full dot.",
      legend: [
        { look: "train", mark: "ring", text: "start" },
        { look: "train", text: "path" },
        { look: "truth", mark: "cross", text: "optimum" },
        { look: "ghost thin", text: "equal loss" },
      ],
    });
    const curve = demo.panel({
      title: "Loss on the way",
      share: 1.15,
      x: STEPS,
      y: LOSS,
      about:
        "The mean squared error of the chosen run, thick, among other runs, thin; the smallest possible loss, dotted.",
      legend: LEGENDS[data.start.variant],
    });
    const [inverse, best, limit] = data.named;
    demo.slider("rate", {
      label: "learning rate",
      marks: data.rates,
      start: data.start.rate,
      format: (v) => brief(v),
      printed: [
        { ...inverse, anchor: "end" },
        { ...limit, anchor: "start" },
        { ...best, row: 1 },
      ],
    });
    demo.choice("variant", {
      label: "houses a step reads",
      options: data.variants.map((v) => v.name),
      start: data.start.variant,
    });
    const frame = demo.slider("frame", {
      label: "moment",
      marks: data.variants[0].reads,
      start: data.start.frame,
      play: true,
      format: (reads, i) => (demo.state.variant ? `${brief(reads, 5)} houses` : `step ${i}`),
    });

    return ({ rate, variant, frame: k }) => {
      const batch = data.variants[0],
        run = data.variants[variant];
      const stochastic = variant === 2;
      if (frame.marks !== run.reads) frame.setMarks(run.reads);
      curve.setAxis("x", variant ? READS : STEPS);
      curve.setLegend(LEGENDS[variant]);
      const [w1, w2, loss] = [run.w1[rate], run.w2[rate], run.loss[rate]];
      const path = w1.slice(0, k + 1).map((w, i) => [w, w2[i]]);
      const here = path.filter(([w]) => w !== null).at(-1),
        arrived = path[k][0] !== null;

      valley.draw(() => {
        data.radii.forEach((r, i) => valley.line(`level ${i}`, level(data.unit, data.optimum, r), "ghost thin faint"));
        if (stochastic) {
          valley.line(
            "annealed",
            data.annealed.w1.slice(0, k + 1).map((w, i) => [w, data.annealed.w2[i]]),
            "third",
          );
        }
        valley.line("path", path, "train");
        valley.dots(
          "steps",
          path.filter(([w]) => w !== null),
          "train",
          2.6,
        );
        valley.rings("start", [path[0]], "train", 5);
        if (k > 0 && arrived && path[k - 1][0] !== null) valley.arrow("last step", path[k - 1], path[k], "train");
        if (arrived) valley.dots("here", [here], "train", 6);
        valley.crosses("optimum", [data.optimum], "truth", 6);
      });

      const x = (i) => (variant ? run.reads[i] : i);
      const line = (losses, at = x) => losses.map((v, i) => [at(i), v]).filter(([t]) => !variant || t > 0);
      curve.draw(() => {
        curve.line(
          "floor",
          [
            [curve.x.domain[0], data.floor],
            [curve.x.domain[1], data.floor],
          ],
          "truth thin dotted",
        );
        if (variant) {
          curve.line(
            "batch",
            line(batch.loss[rate], (i) => batch.reads[i]),
            "ghost",
          );
        } else {
          const [small, large] = data.ghosts;
          curve.line("small", line(small.loss), "ghost");
          curve.line("large", line(large.loss), "ghost");
          curve.text("small name", [58, small.loss[58]], `0.05 ${small.text}`, { anchor: "end", dy: 20 });
          curve.text("large name", [16, 16500], `0.54 ${large.text}`, { dx: 6 });
        }
        if (stochastic) {
          curve.line("annealed", line(data.annealed.loss), "third");
        }
        curve.line("all", line(loss), "train faint");
        curve.line("chosen", line(loss).slice(0, variant ? k : k + 1), "train thick");
        if (arrived && (!variant || k > 0)) curve.dots("now", [[x(k), loss[k]]], "train", 6);
      });

      const [since, moment] = [run.diverged[rate], run.moment[rate]];
      const items = [variant ? ["houses read", brief(run.reads[k], 5)] : ["step", String(k)]];
      if (!arrived) items.push(["", `diverged at ${moment}`, "alarm"]);
      else items.push(["loss", significant(loss[k])]);
      items.push(["floor", significant(data.floor)]);
      if (stochastic) items.push([`loss with ${data.annealed.text}`, significant(data.annealed.loss[k])]);
      if (arrived && since !== null && run.reads[k] > since)
        items.push(["", `was over a million at ${moment}`, "alarm"]);
      demo.say(items);
    };
  });
}

export default { render };
