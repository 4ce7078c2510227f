// Requests to the training API: with the token of a login, or through `parris serve`, which signs them.
import {token} from "./login.js";

const MOST_BODY_BYTES = 3500000;

export const settings = await (await fetch("page/settings.json")).json();

export async function ask(method, path, body, headers = {}) {
  const all = {...headers};
  if (settings.login) all.Authorization = `Bearer ${token()}`;
  if (body !== undefined) all["Content-Type"] = "application/json";
  const response = await fetch(settings.api + path, {
    method, headers: all, body: body === undefined ? undefined : JSON.stringify(body),
  });
  const found = await response.json().catch(() => ({}));
  if (response.ok) return found;
  const problem = new Error(found.detail || found.message || found.title || `status ${response.status}`);
  problem.status = response.status;
  problem.violations = found.violations;
  problem.count = found.violation_count;
  throw problem;
}

// The member of a request for training that brings its data set.
export async function dataOf(file, kind) {
  const format = file.name.endsWith(".jsonl") ? "jsonl" : "csv";
  if (file.size <= MOST_BODY_BYTES) return {data: {format, content: await file.text()}};
  return {upload: await (settings.uploads === "to-bucket" ? toBucket : throughServer)(file, format, kind)};
}

async function toBucket(file, format, kind) {
  const form = await ask("POST", "uploads", {format, task_type: kind}), body = new FormData();
  for (const [name, value] of Object.entries(form.fields)) body.append(name, value);
  body.append("file", file);
  // S3 need not let this page read its response: the job is rejected if the data set is missing.
  await fetch(form.url, {method: "POST", mode: "no-cors", body});
  return form.upload;
}

async function throughServer(file, format, kind) {
  const query = new URLSearchParams({format, task_type: kind});
  const response = await fetch(`upload?${query}`, {method: "POST", headers: {"Content-Type": "application/octet-stream"}, body: file});
  const found = await response.json().catch(() => ({}));
  if (!response.ok) throw new Error(found.detail || `the upload failed with status ${response.status}`);
  return found.upload;
}
