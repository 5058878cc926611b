"use strict";
// Crystals in 3-D, for the report and the explorer: every canvas with data-crystal shows one of DATA.crystals. Nothing is loaded from elsewhere.
const DATA = JSON.parse(document.getElementById("crystals").textContent);

// --- vectors and rotations: a rotation is three rows
const times = (m, v) => m.map(r => r[0] * v[0] + r[1] * v[1] + r[2] * v[2]);
const product = (a, b) => a.map(r => [0, 1, 2].map(j => r[0] * b[0][j] + r[1] * b[1][j] + r[2] * b[2][j]));
const aboutX = t => [[1, 0, 0], [0, Math.cos(t), -Math.sin(t)], [0, Math.sin(t), Math.cos(t)]];
const aboutY = t => [[Math.cos(t), 0, Math.sin(t)], [0, 1, 0], [-Math.sin(t), 0, Math.cos(t)]];
const aboutZ = t => [[Math.cos(t), -Math.sin(t), 0], [Math.sin(t), Math.cos(t), 0], [0, 0, 1]];
const between = (p, q, t) => p.map((x, d) => x + t * (q[d] - x));
const distance = (p, q) => Math.hypot(...p.map((x, d) => x - q[d]));
const FRONT = product(aboutX(-Math.PI / 2 + 0.22), aboutZ(-0.42)); // z up, a little from above and from the side

// --- what is drawn: balls, sticks (two halves of a bond), and the cell's edges in short pieces, so that each can be sorted by depth
function scene(crystal) {
  const corner = (i, j, k) => [0, 1, 2].map(d => i * crystal.lattice[0][d] + j * crystal.lattice[1][d] + k * crystal.lattice[2][d]);
  const centre = corner(0.5, 0.5, 0.5), parts = [];
  for (const [x, y, z, e] of crystal.atoms) parts.push({ball: [x, y, z], radius: 0.22 + 0.24 * DATA.elements[e].radius, colour: DATA.elements[e].colour});
  for (const [i, j] of crystal.bonds) {
    const a = parts[i], b = parts[j], middle = between(a.ball, b.ball, 0.5);
    for (const end of [a, b]) parts.push({from: between(end.ball, middle, Math.min(0.9, 0.85 * end.radius / distance(end.ball, middle))), to: middle, colour: end.colour, width: 0.2}); // from its surface
  }
  for (let axis = 0; axis < 3; axis++) for (const u of [0, 1]) for (const v of [0, 1]) {
    const at = t => corner(...[[t, u, v], [u, t, v], [u, v, t]][axis]);
    for (let n = 0; n < 8; n++) parts.push({from: at(n / 8), to: at((n + 1) / 8), width: 0});
  }
  const names = ["a", "b", "c"].map((text, d) => ({text, at: corner(...[0, 1, 2].map(i => i === d ? 1.09 : -0.04))}));
  const far = parts.map(p => distance(p.ball || p.from, centre) + (p.radius || 0));
  return {centre, parts, names, size: Math.max(...far)};
}

// --- a shaded ball, painted once for each colour
const PAINTED = {};
function ball(colour) {
  if (PAINTED[colour]) return PAINTED[colour];
  const c = document.createElement("canvas"), g = c.getContext("2d"); c.width = c.height = 128;
  const light = g.createRadialGradient(46, 40, 4, 64, 64, 64), shade = g.createRadialGradient(50, 44, 20, 64, 64, 64);
  light.addColorStop(0, "rgba(255,255,255,.85)"); light.addColorStop(0.35, "rgba(255,255,255,.12)"); light.addColorStop(1, "rgba(255,255,255,0)");
  shade.addColorStop(0, "rgba(0,0,0,0)"); shade.addColorStop(0.75, "rgba(0,0,0,.22)"); shade.addColorStop(1, "rgba(0,0,0,.62)");
  for (const fill of [colour, shade, light]) { g.fillStyle = fill; g.beginPath(); g.arc(64, 64, 63, 0, 7); g.fill(); }
  return PAINTED[colour] = c;
}

class Viewer {
  constructor(canvas) {
    this.canvas = canvas; this.scene = scene(DATA.crystals[canvas.dataset.crystal]); this.fingers = new Map(); this.reset();
    canvas.addEventListener("pointerdown", e => { this.fingers.set(e.pointerId, e); canvas.setPointerCapture(e.pointerId); });
    for (const end of ["pointerup", "pointercancel"]) canvas.addEventListener(end, e => this.fingers.delete(e.pointerId));
    canvas.addEventListener("pointermove", e => this.moved(e));
    canvas.addEventListener("wheel", e => { if (document.activeElement === canvas) { e.preventDefault(); this.scale(Math.exp(-0.0015 * e.deltaY)); } }, {passive: false});
    canvas.addEventListener("dblclick", () => this.reset());
    canvas.addEventListener("keydown", e => this.pressed(e));
    new ResizeObserver(() => this.draw()).observe(canvas);
  }
  reset() { this.turned = FRONT; this.zoom = 1; this.draw(); }
  turn(x, y) { this.turned = product(product(aboutX(y), aboutY(x)), this.turned); this.draw(); }
  scale(by) { this.zoom = Math.min(8, Math.max(0.3, this.zoom * by)); this.draw(); }
  moved(e) {
    const last = this.fingers.get(e.pointerId);
    if (!last) return;
    const other = [...this.fingers.values()].find(f => f.pointerId !== e.pointerId), apart = f => Math.hypot(f.clientX - other.clientX, f.clientY - other.clientY);
    if (other) this.scale(Math.max(apart(e), 1) / Math.max(apart(last), 1));
    this.turn(0.01 * (e.clientX - last.clientX), 0.01 * (e.clientY - last.clientY));
    this.fingers.set(e.pointerId, e);
  }
  pressed(e) {
    const does = {ArrowLeft: () => this.turn(-0.12, 0), ArrowRight: () => this.turn(0.12, 0), ArrowUp: () => this.turn(0, -0.12), ArrowDown: () => this.turn(0, 0.12),
                  "+": () => this.scale(1.15), "=": () => this.scale(1.15), "-": () => this.scale(1 / 1.15), "0": () => this.reset()}[e.key];
    if (does && !e.ctrlKey && !e.metaKey && !e.altKey) { e.preventDefault(); does(); }
  }
  draw() {
    const {canvas, scene: {centre, parts, names, size}} = this, sharp = window.devicePixelRatio || 1, w = canvas.clientWidth, h = canvas.clientHeight;
    if (!w) return;
    canvas.width = w * sharp; canvas.height = h * sharp;
    const g = canvas.getContext("2d"), style = getComputedStyle(canvas), away = 4.5 * size, scale = 0.43 * this.zoom * Math.min(w, h) / size;
    g.scale(sharp, sharp); g.lineCap = "round"; g.font = "italic 13px Georgia, serif"; g.textAlign = "center"; g.textBaseline = "middle";
    const seen = p => { const [x, y, z] = times(this.turned, p.map((c, d) => c - centre[d])), s = scale * away / (away - z); return {x: w / 2 + x * s, y: h / 2 - y * s, z, s}; };
    const paint = parts.map(part => part.ball ? {part, a: seen(part.ball)} : {part, a: seen(part.from), b: seen(part.to)});
    for (const p of paint) p.z = p.b ? (p.a.z + p.b.z) / 2 : p.a.z;
    paint.sort((p, q) => p.z - q.z);
    for (const p of paint) this.paint(g, p, style, 0.45 * (0.5 - p.z / (2 * size))); // the farther, the paler
    for (const n of names) { const at = seen(n.at); g.lineWidth = 4; g.strokeStyle = style.backgroundColor; g.strokeText(n.text, at.x, at.y); g.fillStyle = style.color; g.fillText(n.text, at.x, at.y); }
  }
  paint(g, {part, a, b}, style, haze) {
    const line = (colour, width, alpha = 1) => { g.globalAlpha = alpha; g.strokeStyle = colour; g.lineWidth = width; g.beginPath(); g.moveTo(a.x, a.y); g.lineTo(b.x, b.y); g.stroke(); g.globalAlpha = 1; };
    if (part.ball) {
      const r = part.radius * a.s;
      g.drawImage(ball(part.colour), a.x - r, a.y - r, 2 * r, 2 * r);
      g.globalAlpha = haze; g.fillStyle = style.backgroundColor; g.beginPath(); g.arc(a.x, a.y, r, 0, 7); g.fill(); g.globalAlpha = 1;
    } else if (part.width) {
      const thick = part.width * a.s;
      line("#333", thick); line(part.colour, 0.8 * thick); line("#fff", 0.25 * thick, 0.45); line(style.backgroundColor, thick, haze);
    } else line(style.color, 1, 0.8 - haze);
  }
}

const VIEWERS = [...document.querySelectorAll("canvas[data-crystal]")].map(c => new Viewer(c));
const redraw = () => VIEWERS.forEach(v => v.draw());
for (const media of ["print", "(prefers-color-scheme: dark)"]) matchMedia(media).addEventListener("change", redraw);

