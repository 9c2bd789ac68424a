// Starts the deck; measure() and settled() are asked by `autograder slides`.
const deckIsReady = Reveal.initialize({
  width: 1280, height: 720, margin: 0.03, maxScale: 3, center: false, hash: true, slideNumber: "c/t",
  transition: "none", pdfSeparateFragments: false, plugins: [RevealNotes],
});
const pause = (milliseconds) => new Promise((done) => setTimeout(done, milliseconds));

// When the demos have taken the place of their pictures, and the pages of the print view are laid out.
async function settled() {
  const print = location.search.includes("print-pdf");
  for (let waited = 0; waited < 10000; waited += 100) {
    const still = document.querySelectorAll(".demo:not([data-alive]), .demo[data-alive] > img").length;
    const pages = document.querySelectorAll(".pdf-page").length;
    if (!still && (!print || pages === Reveal.getTotalSlides())) break;
    await pause(100);
  }
  await pause(500);
}

async function measure() {
  await settled();
  const limit = Reveal.getConfig(), rows = [];
  for (const slide of Reveal.getSlides()) {
    const at = Reveal.getIndices(slide);
    Reveal.slide(at.h, at.v, 99);
    await pause(150);
    const frame = slide.getBoundingClientRect(), scale = Reveal.getScale();
    const reach = [...slide.querySelectorAll("*")].filter((e) => e.getClientRects().length && !e.ownerSVGElement && !e.closest("aside.notes"))
      .map((e) => e.getBoundingClientRect());
    rows.push({
      height: Math.round(Math.max(0, ...reach.map((box) => box.bottom - frame.top)) / scale),
      width: Math.round(Math.max(0, ...reach.map((box) => box.right - frame.left)) / scale),
      limit: [limit.width, limit.height],
    });
  }
  return rows;
}
