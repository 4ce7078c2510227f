"use strict";
// The page asks its own server, which signs the requests to the training API.
const API = "/api", SECONDS_BETWEEN = 2, MOST_BODY_BYTES = 3500000, MOST_ROW_CHARACTERS = 200;
const WORDS = {
  sleeping: "nothing is running",
  starting: "the machine is being started",
  active: "the training is running",
  stopping: "results are saved, and what was launched is ended",
};
const $ = (id) => document.getElementById(id);
let shownJob = null, requestKey = null, timer = null;

async function ask(method, path, body, headers = {}) {
  const response = await fetch(API + path, {
    method, headers: body === undefined ? headers : {"Content-Type": "application/json", ...headers},
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  const found = await response.json().catch(() => ({}));
  if (response.ok) return found;
  const problem = new Error(found.detail || found.message || found.title || `status ${response.status}`);
  problem.violations = found.violations;
  problem.count = found.violation_count;
  throw problem;
}

function element(name, attributes, ...children) {
  const isDrawn = ["svg", "polyline", "circle", "text", "line"].includes(name);
  const made = isDrawn ? document.createElementNS("http://www.w3.org/2000/svg", name) : document.createElement(name);
  for (const [key, value] of Object.entries(attributes || {})) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

function setText(id, text) {
  // Only what has changed is announced again.
  if ($(id).textContent !== text) $(id).textContent = text;
}

function duration(seconds) {
  if (seconds === null) return "";
  const parts = [[Math.floor(seconds / 3600), "h"], [Math.floor(seconds / 60) % 60, "min"], [seconds % 60, "s"]];
  const kept = parts.filter(([count]) => count);
  return kept.slice(0, 2).map(([count, unit]) => `${count} ${unit}`).join(" ") || "0 s";
}

const dollars = (text) => (text === null ? "unknown" : `${Number(text).toFixed(4)} USD`);
const moment = (text) => (text === null ? "" : new Date(text).toLocaleString([], {dateStyle: "medium", timeStyle: "short"}));

function showGauge(name, used, limit, words) {
  const bar = $(`${name}-bar`);
  bar.hidden = limit === null || used === null;
  if (!bar.hidden) bar.value = Math.min(1, Number(used) / Number(limit));
  setText(name, words);
}

function showStatus(found) {
  setText("status", found.status);
  $("status").dataset.status = found.status;
  const isDeveloping = found.dev_mode ? "; developer mode: servers are not started or stopped" : "";
  setText("status-words", WORDS[found.status] + isDeveloping);
  $("message").hidden = !found.message;
  setText("message", found.message || "");
  showKinds(found);
  const job = found.job, isRunning = found.status !== "sleeping";
  $("progress").hidden = !isRunning || !job;
  if (!isRunning || !job) return;
  setText("job", job.job_id);
  const until = job.ends_by ? `, ends by ${moment(job.ends_by)} at the latest` : "";
  showGauge("time", job.runtime_seconds, job.time_limit_seconds, job.time_limit_seconds === null
    ? duration(job.runtime_seconds) : `${duration(job.runtime_seconds)} of ${duration(job.time_limit_seconds)}${until}`);
  showGauge("cost", job.cost_usd, job.cost_limit_usd, job.cost_limit_usd === null
    ? dollars(job.cost_usd) : `${dollars(job.cost_usd)} of ${dollars(job.cost_limit_usd)}`);
  $("stop").disabled = found.status === "stopping" || job.training_job_name === null;
  if (shownJob === null) shownJob = job.job_id;
}

function showKinds(found) {
  if ($("kind").options.length) return;
  for (const name of found.task_types) $("kind").append(element("option", {value: name}, name));
  $("kind").value = found.task_type;
  $("kinds").hidden = found.task_types.length < 2;
}

function showJobs(jobs) {
  $("job-rows").replaceChildren(...jobs.map((job) => {
    const open = element("a", {href: `#${job.job_id}`}, job.job_id);
    const end = job.reason || (job.step === "sleeping" ? "" : job.step);
    return element("tr", {}, element("th", {scope: "row"}, open), element("td", {}, moment(job.submitted_at)),
      element("td", {}, end), element("td", {}, duration(job.runtime_seconds)), element("td", {}, dollars(job.cost_usd)));
  }));
}

function curve(name, points) {
  // As wide as it is shown, so that its text keeps its size.
  const width = Math.max(260, $("curves").clientWidth), height = 180, left = 60, bottom = 20;
  const steps = points.map(([step]) => step), values = points.map(([, value]) => value);
  const [first, last] = [Math.min(...steps), Math.max(...steps)], [low, high] = [Math.min(...values), Math.max(...values)];
  const x = (step) => left + (last === first ? 0.5 : (step - first) / (last - first)) * (width - left - 10);
  const y = (value) => 10 + (high === low ? 0.5 : (high - value) / (high - low)) * (height - bottom - 20);
  const said = `${name}: ${values.length} points, from ${values[0]} at step ${steps[0]} to ${values.at(-1)} at step ${steps.at(-1)}; lowest ${low}, highest ${high}`;
  const shape = points.length > 1
    ? element("polyline", {points: points.map(([step, value]) => `${x(step).toFixed(1)},${y(value).toFixed(1)}`).join(" ")})
    : element("circle", {cx: x(steps[0]), cy: y(values[0]), r: 4});
  const label = (at, up, text, anchor) => element("text", {x: at, y: up, "text-anchor": anchor}, text);
  const short = (number) => String(Number(number.toPrecision(4)));
  const drawing = element("svg", {viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": said},
    element("line", {x1: left, y1: height - bottom, x2: width, y2: height - bottom}), shape,
    label(left - 8, 16, short(high), "end"), ...(high === low ? [] : [label(left - 8, height - bottom - 4, short(low), "end")]),
    label(left, height - 4, `step ${first}`, "start"), ...(last === first ? [] : [label(width, height - 4, `step ${last}`, "end")]));
  return element("figure", {}, element("figcaption", {}, `${name} ${short(values.at(-1))}`), drawing);
}

async function showDetails(jobId) {
  const [job, results] = await Promise.all([ask("GET", `/jobs/${jobId}`), ask("GET", `/jobs/${jobId}/results`).catch(() => ({files: []}))]);
  if (jobId !== shownJob) return;
  $("details").hidden = false;
  setText("shown-job", jobId);
  setText("outcome", job.reason === null ? "It is running." : `It ended: ${job.reason}. ${job.cause || ""}`);
  $("curves").replaceChildren(...Object.entries(job.series).map(([name, points]) => curve(name, points)));
  const files = results.files.map((file) => element("li", {}, element("a", {href: file.url, download: ""}, file.name), ` ${file.size_bytes} bytes`));
  $("results").replaceChildren(...(files.length ? files : [element("li", {}, "none yet")]));
  setText("log", job.log.join("\n") || "nothing yet");
}

async function refresh() {
  clearTimeout(timer);
  const kind = $("kind").value, query = kind ? `?task_type=${encodeURIComponent(kind)}` : "";
  try {
    const [found, listed] = await Promise.all([ask("GET", `/status${query}`), ask("GET", "/jobs")]);
    showStatus(found);
    showJobs(listed.jobs);
    if (shownJob !== null) await showDetails(shownJob);
    $("trouble").hidden = true;
  } catch (problem) {
    $("trouble").hidden = false;
    setText("trouble", `The status cannot be read: ${problem.message}. It is tried again.`);
  }
  clearTimeout(timer);
  timer = setTimeout(refresh, SECONDS_BETWEEN * 1000);
}

function numberIn(id) {
  const text = $(id).value.trim();
  return text === "" ? null : Number.isFinite(Number(text)) ? Number(text) : text;
}

function configOfForm() {
  const hours = numberIn("hours"), limit = numberIn("dollars"), methods = [], options = {};
  if (hours !== null) { methods.push("at-fixed-time"); options["time-limit"] = hours; }
  if (limit !== null) { methods.push("around-cost-threshold"); options["cost-limit"] = limit; }
  return methods.length ? {"termination-method": methods, "termination-options": options} : {};
}

async function dataOfForm(file, format) {
  if (file.size <= MOST_BODY_BYTES) return {data: {format, content: await file.text()}};
  const query = new URLSearchParams({format, task_type: $("kind").value});
  const response = await fetch(`/upload?${query}`, {method: "POST", headers: {"Content-Type": "application/octet-stream"}, body: file});
  const found = await response.json().catch(() => ({}));
  if (!response.ok) throw new Error(found.detail || `the upload failed with status ${response.status}`);
  return {upload: found.upload};
}

async function start(event) {
  event.preventDefault();
  const file = $("file").files[0], format = file && file.name.endsWith(".jsonl") ? "jsonl" : "csv";
  $("start").disabled = true;
  $("violations").hidden = true;
  setText("start-words", file ? "checking the data set" : "checking the config");
  // One key for each request of a person, so that repeating it starts nothing.
  requestKey = requestKey || crypto.randomUUID();
  try {
    const data = file ? await dataOfForm(file, format) : {};
    const body = {task_type: $("kind").value, config: configOfForm(), ...data};
    const accepted = await ask("POST", "/train", body, {"Idempotency-Key": requestKey});
    requestKey = null;
    shownJob = accepted.job_id;
    setText("start-words", `started as ${accepted.job_id}`);
  } catch (problem) {
    requestKey = null;
    setText("start-words", problem.violations ? "" : `not started: ${problem.message}`);
    if (problem.violations) await showViolations(problem, file);
  }
  $("start").disabled = false;
  await refresh();
}

async function showViolations(problem, file) {
  const lines = file ? (await file.text()).split("\n") : [];
  const count = problem.count, listed = problem.violations.length;
  setText("violations-heading", `Not started: ${count} ${count === 1 ? "violation" : "violations"}${count > listed ? `, the first ${listed} of them here` : ""}`);
  $("violation-rows").replaceChildren(...problem.violations.map((one) => {
    const where = one.row === null ? one.path.replace("/config/", "") : String(one.row);
    const row = one.row === null ? "" : (lines[one.row - 1] || "").trimEnd().slice(0, MOST_ROW_CHARACTERS);
    return element("tr", {}, element("th", {scope: "row"}, where), element("td", {}, one.column || ""),
      element("td", {}, one.message), element("td", {class: "row"}, row));
  }));
  $("violations").hidden = false;
  $("violations-heading").focus();
}

async function stop() {
  $("stop").disabled = true;
  try {
    await ask("POST", `/jobs/${$("job").textContent}/stop`);
    setText("stop-words", "it saves its results, then it ends");
  } catch (problem) {
    setText("stop-words", `not stopped: ${problem.message}`);
  }
  await refresh();
}

function choose() {
  shownJob = location.hash.slice(1) || shownJob;
  refresh();
}

$("form").addEventListener("submit", start);
$("stop").addEventListener("click", stop);
$("kind").addEventListener("change", () => { shownJob = null; $("details").hidden = true; setText("stop-words", ""); refresh(); });
window.addEventListener("hashchange", choose);
choose();
