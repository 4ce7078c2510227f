// Elements of the page, and the curve of a metric.
const DRAWN = ["svg", "polyline", "circle", "text", "line"];
const HEIGHT = 180, LEFT = 60, BOTTOM = 20, SMALLEST_WIDTH = 260;

export function element(name, attributes, ...children) {
  const made = DRAWN.includes(name) ? document.createElementNS("http://www.w3.org/2000/svg", name) : document.createElement(name);
  for (const [key, value] of Object.entries(attributes || {})) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

const short = (number) => String(Number(number.toPrecision(4)));
const label = (x, y, text, anchor) => element("text", {x, y, "text-anchor": anchor}, text);

export function curve(name, points, shownWidth) {
  // As wide as it is shown, so that its text keeps its size.
  const width = Math.max(SMALLEST_WIDTH, shownWidth);
  const steps = points.map(([step]) => step), values = points.map(([, value]) => value);
  const [first, last] = [Math.min(...steps), Math.max(...steps)], [low, high] = [Math.min(...values), Math.max(...values)];
  const x = (step) => LEFT + (last === first ? 0.5 : (step - first) / (last - first)) * (width - LEFT - 10);
  const y = (value) => 10 + (high === low ? 0.5 : (high - value) / (high - low)) * (HEIGHT - BOTTOM - 20);
  const summary = `${name}: ${values.length} points, from ${values[0]} at step ${steps[0]} to ${values.at(-1)} at step ${steps.at(-1)}; lowest ${low}, highest ${high}`;
  const shape = points.length > 1
    ? element("polyline", {points: points.map(([step, value]) => `${x(step).toFixed(1)},${y(value).toFixed(1)}`).join(" ")})
    : element("circle", {cx: x(steps[0]), cy: y(values[0]), r: 4});
  const drawing = element("svg", {viewBox: `0 0 ${width} ${HEIGHT}`, role: "img", "aria-label": summary},
    element("line", {x1: LEFT, y1: HEIGHT - BOTTOM, x2: width, y2: HEIGHT - BOTTOM}), shape,
    label(LEFT - 8, 16, short(high), "end"), ...(high === low ? [] : [label(LEFT - 8, HEIGHT - BOTTOM - 4, short(low), "end")]),
    label(LEFT, HEIGHT - 4, `step ${first}`, "start"), ...(last === first ? [] : [label(width, HEIGHT - 4, `step ${last}`, "end")]));
  return element("figure", {}, element("figcaption", {}, `${name} ${short(values.at(-1))}`), drawing);
}
