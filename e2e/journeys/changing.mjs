// Changing things on the page, and taking it back; stopping the page; a page that has grown old.

import assert from "node:assert/strict";
import { openPage } from "../lib/browser.mjs";
import { startServer } from "../lib/server.mjs";
import { startTarget } from "../lib/target.mjs";
import { test } from "../lib/test.mjs";

const row = (page, name) => page.locator(".row", { hasText: name });

async function choose(page, name, action) {
  await row(page, name).locator(".menu > summary").click();
  await row(page, name).getByRole("button", { name: action, exact: true }).click();
}

test("deleting and pausing can be undone, and the focus stays near", async (cleanup) => {
  const [first, second] = [await startTarget(cleanup), await startTarget(cleanup)];
  const server = await startServer(cleanup, ["--track", first.url, "--track", second.url]);
  const page = await openPage(cleanup, server.url);
  await page.waitForResponse(/\/api\/live/);
  const names = await page.locator(".row .name").allInnerTexts();
  await choose(page, names[0], "Delete");
  await row(page, names[0]).waitFor({ state: "detached" });
  const focused = await page.evaluate(() => document.activeElement.textContent.trim());
  assert.equal(focused, names[1], "the focus is in the next row");
  const toast = page.locator(".toast");
  assert.match(await toast.innerText(), /is deleted/);
  await toast.getByRole("button", { name: "Undo" }).click();
  await row(page, names[0]).waitFor();
  await row(page, names[0]).locator(".state", { hasText: "Up" }).waitFor();
  await choose(page, names[0], "Pause");
  await row(page, names[0]).locator(".state", { hasText: "Paused" }).waitFor();
  await page.locator(".toast", { hasText: "is paused" }).getByRole("button", { name: "Undo" }).click();
  await row(page, names[0]).locator(".state", { hasText: "Up" }).waitFor();
});

test("a tracker deleted on its own page can be undone on the list", async (cleanup) => {
  const target = await startTarget(cleanup);
  const server = await startServer(cleanup, ["--track", target.url]);
  const page = await openPage(cleanup, `${server.url}/t/1`);
  await page.waitForResponse(/\/api\/live/);
  await page.locator(".actions .menu > summary").click();
  await page.getByRole("button", { name: "Delete" }).click();
  await page.getByText("What should be watched?").waitFor();
  const notice = page.locator(".notice", { hasText: "is deleted" });
  await notice.getByRole("button", { name: "Undo" }).click();
  await page.locator(".row .name").waitFor();
  await notice.waitFor({ state: "hidden" });
});

test("updates can be paused and go on", async (cleanup) => {
  const target = await startTarget(cleanup);
  const server = await startServer(cleanup, ["--track", target.url]);
  const page = await openPage(cleanup, server.url);
  await page.waitForResponse(/\/api\/live/);
  const button = page.getByRole("button", { name: "Pause updates" });
  await button.click();
  await page.getByText("Updates paused").waitFor();
  assert.equal(await button.getAttribute("aria-pressed"), "true");
  await page.locator('[data-live="stale"]').waitFor();
  let polls = 0;
  page.on("request", (request) => (polls += request.url().includes("/api/live") ? 1 : 0));
  const before = target.requests;
  while (target.requests < before + 3) await page.evaluate(() => new Promise(requestAnimationFrame));
  assert.equal(polls, 0, "a paused page asks nothing");
  await button.click();
  await page.waitForResponse(/\/api\/live/);
  await page.getByText(/^Live/).waitFor();
  assert.match(await page.locator("link[rel=icon]").getAttribute("href"), /circle/);
});

test("an old page asks to be loaded again", async (cleanup) => {
  const target = await startTarget(cleanup);
  const server = await startServer(cleanup, ["--track", target.url]);
  const page = await openPage(cleanup, server.url);
  await page.waitForResponse(/\/api\/live/);
  assert.equal(await page.getByText("A new version is running.").count(), 0);
  await page.evaluate(() => (document.documentElement.dataset.version = "an older one"));
  await page.getByText("A new version is running.").waitFor();
  await page.getByRole("button", { name: "Reload" }).click();
  await page.waitForResponse(/\/api\/live/);
  await page.getByText(/^Live/).waitFor();
  assert.equal(await page.getByText("A new version is running.").count(), 0);
  // An answer that means nothing to this client is no reason to be silent.
  await page.route(/\/api\/live/, (route) => route.fulfill({ json: { of: "another age" } }));
  await page.getByText("A new version is running.").waitFor();
});

test("several targets are pasted at once, on a phone too", async (cleanup) => {
  const targets = [await startTarget(cleanup), await startTarget(cleanup), await startTarget(cleanup)];
  const server = await startServer(cleanup);
  const page = await openPage(cleanup, server.url, { viewport: { width: 320, height: 640 } });
  await page.waitForResponse(/\/api\//);
  await page.locator("[name=url]").fill(targets.map((target) => target.url).join("\n"));
  await page.getByRole("button", { name: "Add" }).click();
  await row(page, targets[2].url.slice(7, -1)).waitFor();
  assert.equal(await page.locator(".row").count(), 3);
  assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), 320);
});
