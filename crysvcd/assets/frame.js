// A frame of the explorer, after viewer.js: light or dark as the page around it; a slider, where there is one, turns the pages of a film.
const colour = e => parent.getComputedStyle(e).backgroundColor;
function follow() {
  let e = window.frameElement;
  while (e && /^(transparent|rgba\(.*, 0\))$/.test(colour(e))) e = e.parentElement;
  const paper = e ? colour(e) : "rgb(255, 255, 255)", [r, g, b] = paper.match(/[\d.]+/g).map(Number), root = document.documentElement;
  root.dataset.theme = r + g + b < 384 ? "dark" : "light"; root.style.setProperty("--paper", paper); redraw();
}
if (window.frameElement) { follow(); new MutationObserver(follow).observe(parent.document.body, {attributes: true}); new MutationObserver(follow).observe(parent.document.documentElement, {attributes: true}); }

const slider = document.getElementById("step");
if (slider) {
  const film = DATA.crystals, [shown] = VIEWERS, scenes = film.map(scene), size = Math.min(Math.max(...scenes.map(s => s.size)), 1.4 * scenes.at(-1).size), words = document.getElementById("words"), play = document.getElementById("play");
  const turn = () => { shown.scene = {...scenes[slider.value], size}; words.textContent = film[slider.value].cell; shown.draw(); };
  let clock = null;
  const stop = () => { clearInterval(clock); clock = null; play.textContent = "▶"; };
  slider.addEventListener("input", () => { stop(); turn(); });
  play.addEventListener("click", () => {
    if (clock) { stop(); return; }
    if (slider.value === slider.max) slider.value = 0;
    play.textContent = "❚❚"; clock = setInterval(() => { slider.value = +slider.value + 1; turn(); if (slider.value === slider.max) stop(); }, 120);
  });
  turn();
}
