// The browser tests: `node run.mjs [NAME]` runs every test of journeys/*.mjs whose name contains NAME.
//
// `cargo xtask test` installs what this needs and starts it. Each test has three minutes; what it opened is closed behind
// it, and a page that a failed test leaves open is kept as a picture in shots/. The last line is `N passed, N failed`.

import { mkdir, readdir, rm } from "node:fs/promises";
import { closeBrowser } from "./lib/browser.mjs";
import { Cleanup } from "./lib/cleanup.mjs";
import { registered } from "./lib/test.mjs";

const TIMEOUT_MS = 180_000;
const shots = new URL("shots/", import.meta.url);

async function main() {
  const wanted = process.argv[2] ?? "";
  await loadJourneys();
  await rm(shots, { recursive: true, force: true });
  const tests = registered.filter((test) => test.name.includes(wanted));
  let failed = 0;
  for (const test of tests) {
    failed += (await passes(test)) ? 0 : 1;
  }
  await closeBrowser();
  console.log(`${tests.length - failed} passed, ${failed} failed`);
  // A run without tests proves nothing, so a mistyped NAME must not look like a success.
  process.exitCode = failed > 0 || tests.length === 0 ? 1 : 0;
}

async function loadJourneys() {
  const folder = new URL("journeys/", import.meta.url);
  const files = (await readdir(folder)).filter((name) => name.endsWith(".mjs")).sort();
  for (const file of files) {
    await import(new URL(file, folder));
  }
}

/** Runs one test and closes what it opened. A server that does not stop cleanly fails its test too. */
async function passes({ name, run }) {
  const started = performance.now();
  const cleanup = new Cleanup();
  const problems = [];
  await withTimeout(Promise.resolve(cleanup).then(run)).catch((problem) => problems.push(problem));
  if (problems.length > 0) {
    await keepPictures(name, cleanup);
  }
  problems.push(...(await cleanup.run()));
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  console.log(`${problems.length === 0 ? "ok    " : "FAILED"} ${name} (${seconds} s)`);
  for (const problem of problems) {
    console.log(indented(problem?.stack ?? String(problem)));
  }
  return problems.length === 0;
}

function withTimeout(promise) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`not done after ${TIMEOUT_MS / 1000} s`)), TIMEOUT_MS);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}

async function keepPictures(name, cleanup) {
  await mkdir(shots, { recursive: true });
  const file = name.replaceAll(/[^a-z0-9]+/gi, "-").toLowerCase();
  for (const [index, page] of cleanup.pages.entries()) {
    const path = new URL(`${file}-${index + 1}.png`, shots).pathname;
    const taken = await page.screenshot({ path, fullPage: true, timeout: 5_000 }).then(() => true, () => false);
    if (taken) {
      console.log(`       picture: e2e/shots/${file}-${index + 1}.png`);
    }
  }
}

function indented(text) {
  return text.replaceAll(/^/gm, "       ");
}

await main();
