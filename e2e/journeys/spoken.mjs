// What a screen reader is told of the pages that matter, compared with e2e/snapshots.
//
// When a page changes on purpose: UPDATE_SNAPSHOTS=1 node run.mjs "is told", then read the difference.

import assert from "node:assert/strict";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { openPage } from "../lib/browser.mjs";
import { startServer } from "../lib/server.mjs";
import { startTarget } from "../lib/target.mjs";
import { test } from "../lib/test.mjs";

const folder = new URL("../snapshots/", import.meta.url);

/** Without what differs from run to run: addresses, dates, times, figures and how long something took. */
function masked(text) {
  return text
    .replaceAll(/127\.0\.0\.1:\d+/g, "target.example")
    .replaceAll(/\b\d{1,2} (Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)\b/g, "1 Jan")
    .replaceAll(/(?<!level=)\d+(?:[.,:]\d+)*/g, "0")
    .replaceAll(/0 (ms|s|min|h)\b/g, "0 s")
    .replaceAll(/0 s 0 s/g, "0 s");
}

async function assertTold(page, name) {
  const told = masked(await page.locator("body").ariaSnapshot()) + "\n";
  const file = new URL(`${name}.txt`, folder);
  if (process.env.UPDATE_SNAPSHOTS) {
    await mkdir(folder, { recursive: true });
    await writeFile(file, told);
  }
  const wanted = await readFile(file, "utf8").catch(() => "");
  assert.equal(told, wanted, `what ${name} tells has changed; UPDATE_SNAPSHOTS=1 takes it over`);
}

test("what a screen reader is told of the pages", async (cleanup) => {
  const target = await startTarget(cleanup);
  const server = await startServer(cleanup, ["--track", target.url]);
  const page = await openPage(cleanup, server.url);
  await page.locator(".row .state", { hasText: "Up" }).waitFor();
  // Nothing comes any more: what is told stays what it is.
  await server.fetch("/api/pause_tracker", { method: "POST", body: new URLSearchParams({ id: "1" }) });
  await page.locator(".row .state", { hasText: "Paused" }).waitFor();
  await page.reload();
  await page.waitForResponse(/\/api\/live/);
  await page.getByRole("button", { name: "Pause updates" }).waitFor();
  await assertTold(page, "dashboard");
  for (const [name, path] of [["tracker", "/t/1"], ["editor", "/t/1/edit"]]) {
    await page.goto(server.url + path);
    if (name === "tracker") await page.getByRole("slider").waitFor();
    await assertTold(page, name);
  }
  const stranger = await openPage(cleanup, `${server.url}/login`, { stranger: true });
  await assertTold(stranger, "sign-in");
});
