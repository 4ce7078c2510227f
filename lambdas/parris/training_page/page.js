// The page of the training API: reads the status every few seconds, starts trainings and stops them.
import {ask, dataOf, settings} from "./api.js";
import {curve, element} from "./drawing.js";
import {beginLogin, finishLogin, forgetToken, token} from "./login.js";

const RUNNING_SECONDS = 2, SLEEPING_SECONDS = 5, MOST_ROW_CHARACTERS = 200, UNAUTHORIZED = 401;
const MEANINGS = {
  sleeping: "nothing is running",
  starting: "the machine is being started",
  active: "the training is running",
  stopping: "results are saved, and what was launched is ended",
};
const $ = (id) => document.getElementById(id);
let shownJob = null, listedJob = "", isShownWhole = false, timer = null;

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
const localTime = (text) => (text === null ? "" : new Date(text).toLocaleString([], {dateStyle: "medium", timeStyle: "short"}));

function showGauge(name, used, limit, text) {
  const bar = $(`${name}-bar`);
  bar.hidden = limit === null || used === null;
  if (!bar.hidden) bar.value = Math.min(1, Number(used) / Number(limit));
  setText(name, text);
}

function showStatus(found) {
  setText("status", found.status);
  $("status").dataset.status = found.status;
  const developing = found.dev_mode ? "; developer mode: servers are not started or stopped" : "";
  setText("status-meaning", MEANINGS[found.status] + developing);
  $("message").hidden = !found.message;
  setText("message", found.message || "");
  showKinds(found);
  const job = found.job, isRunning = found.status !== "sleeping";
  $("progress").hidden = !isRunning || !job;
  if (!isRunning || !job) return;
  setText("job", job.job_id);
  const until = job.ends_by ? `, ends by ${localTime(job.ends_by)} at the latest` : "";
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
    return element("tr", {}, element("th", {scope: "row"}, open), element("td", {}, localTime(job.submitted_at)),
      element("td", {}, end), element("td", {}, duration(job.runtime_seconds)), element("td", {}, dollars(job.cost_usd)));
  }));
}

async function showDetails(jobId) {
  const [job, results] = await Promise.all([ask("GET", `jobs/${jobId}`), ask("GET", `jobs/${jobId}/results`).catch(() => ({files: []}))]);
  if (jobId !== shownJob) return;
  $("details").hidden = false;
  setText("shown-job", jobId);
  setText("outcome", job.reason === null ? "It is running." : `It ended: ${job.reason}. ${job.cause || ""}`);
  const width = $("curves").clientWidth;
  $("curves").replaceChildren(...Object.entries(job.series).map(([name, points]) => curve(name, points, width)));
  const files = results.files.map((file) => element("li", {}, element("a", {href: file.url, download: ""}, file.name), ` ${file.size_bytes} bytes`));
  $("results").replaceChildren(...(files.length ? files : [element("li", {}, "none yet")]));
  setText("log", job.log.join("\n") || "nothing yet");
  isShownWhole = job.reason !== null && job.step === "sleeping";
}

async function refresh() {
  clearTimeout(timer);
  if (document.hidden) return;
  const kind = $("kind").value, query = kind ? `?task_type=${encodeURIComponent(kind)}` : "";
  let seconds = SLEEPING_SECONDS;
  try {
    const found = await ask("GET", `status${query}`);
    showStatus(found);
    if (found.status !== "sleeping") seconds = RUNNING_SECONDS;
    const present = JSON.stringify([found.task_type, found.status, found.job && found.job.job_id]);
    if (present !== listedJob) {
      showJobs((await ask("GET", "jobs")).jobs);
      listedJob = present;
    }
    if (shownJob !== null && !isShownWhole) await showDetails(shownJob);
    $("trouble").hidden = true;
  } catch (problem) {
    if (problem.status === UNAUTHORIZED && settings.login) return askForLogin("Your login has ended, or the API does not accept its token.");
    $("trouble").hidden = false;
    setText("trouble", `The status cannot be read: ${problem.message}. It is tried again.`);
  }
  clearTimeout(timer);
  timer = setTimeout(refresh, seconds * 1000);
}

function show(jobId) {
  shownJob = jobId;
  isShownWhole = false;
  if (jobId === null) $("details").hidden = true;
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

async function start(event) {
  event.preventDefault();
  const file = $("file").files[0], kind = $("kind").value;
  $("start").disabled = true;
  $("violations").hidden = true;
  setText("start-result", file ? "checking the data set" : "checking the config");
  try {
    const data = file ? await dataOf(file, kind) : {};
    const body = {task_type: kind, config: configOfForm(), ...data};
    const accepted = await ask("POST", "train", body, {"Idempotency-Key": crypto.randomUUID()});
    show(accepted.job_id);
    setText("start-result", `started as ${accepted.job_id}`);
  } catch (problem) {
    setText("start-result", problem.violations ? "" : `not started: ${problem.message}`);
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
    const place = one.row === null ? one.path.replace("/config/", "") : String(one.row);
    const row = one.row === null ? "" : (lines[one.row - 1] || "").trimEnd().slice(0, MOST_ROW_CHARACTERS);
    return element("tr", {}, element("th", {scope: "row"}, place), element("td", {}, one.column || ""),
      element("td", {}, one.message), element("td", {class: "row"}, row));
  }));
  $("violations").hidden = false;
  $("violations-heading").focus();
}

async function stop() {
  $("stop").disabled = true;
  try {
    await ask("POST", `jobs/${$("job").textContent}/stop`);
    setText("stop-result", "it saves its results, then it ends");
  } catch (problem) {
    setText("stop-result", `not stopped: ${problem.message}`);
  }
  await refresh();
}

function askForLogin(why) {
  forgetToken();
  $("work").hidden = $("logout").hidden = true;
  $("login").hidden = false;
  setText("login-reason", why);
  $("login-button").focus();
}

async function open() {
  if (settings.notice) {
    $("notice").hidden = false;
    setText("notice", settings.notice);
    return;
  }
  let why = settings.login ? `This page needs a login at ${new URL(settings.login.issuer).host}.` : "";
  try {
    if (settings.login) await finishLogin(settings.login);
  } catch (problem) {
    why = `The login has failed: ${problem.message}.`;
  }
  if (settings.login && token() === null) {
    askForLogin(why);
    return;
  }
  $("work").hidden = false;
  $("logout").hidden = !settings.login;
  if (location.hash) show(location.hash.slice(1));
  await refresh();
}

$("form").addEventListener("submit", start);
$("stop").addEventListener("click", stop);
$("kind").addEventListener("change", () => { show(null); setText("stop-result", ""); refresh(); });
$("logout").addEventListener("click", () => askForLogin("You are logged out of this page."));
$("login-button").addEventListener("click", () => beginLogin(settings.login).catch((problem) => setText("login-reason", `The login cannot begin: ${problem.message}.`)));
window.addEventListener("hashchange", () => { show(location.hash.slice(1) || shownJob); refresh(); });
document.addEventListener("visibilitychange", () => { if (!$("work").hidden) refresh(); });
open();
