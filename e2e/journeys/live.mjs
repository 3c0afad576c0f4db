// What a person sees while something breaks and comes back.

import assert from "node:assert/strict";
import { openPage } from "../lib/browser.mjs";
import { startServer } from "../lib/server.mjs";
import { startTarget } from "../lib/target.mjs";
import { test } from "../lib/test.mjs";

const row = (page, state) => page.locator(".row .state", { hasText: state });
/** How many checks of a mark the first bar shows: each is one closed shape, or two for those that are cut. */
const shapes = (page, mark) =>
  page.locator(`.row .bar path.${mark}`).first().getAttribute("d", { timeout: 500 }).then((d) => (d ?? "").split("z").length - 1, () => 0);

test("the bar moves while a target goes down and comes back", async (cleanup) => {
  const target = await startTarget(cleanup);
  const server = await startServer(cleanup, ["--track", target.url]);
  const page = await openPage(cleanup, server.url);
  await row(page, "Up").waitFor();
  const before = await shapes(page, "u");
  await page.waitForFunction(
    (count) => (document.querySelector(".row .bar path.u")?.getAttribute("d") ?? "").split("z").length - 1 >= count + 3,
    before,
  );
  await target.set(503);
  await row(page, "Down").waitFor();
  assert.ok((await shapes(page, "d")) > 0, "down is drawn");
  assert.match(await page.locator(".lede").innerText(), /1 of 1 down/);
  assert.match(await page.locator(".alarm").innerText(), /503/);
  assert.match(await page.title(), /1↓/);
  await target.set(200);
  await row(page, "Up").waitFor();
  assert.equal(await page.locator(".alarm").count(), 0, "nothing needs attention any more");
});

test("a page that hears nothing says so instead of staying green", async (cleanup) => {
  const target = await startTarget(cleanup);
  const server = await startServer(cleanup, ["--track", target.url]);
  const page = await openPage(cleanup, server.url, { expected: /ERR_CONNECTION_REFUSED|Failed to load resource/ });
  await row(page, "Up").waitFor();
  await server.stop();
  await page.getByText("Not updating since").waitFor();
  await page.locator('[data-live="stale"]').first().waitFor();
});

test("trackers are added, paused, resumed and deleted without leaving the page", async (cleanup) => {
  const target = await startTarget(cleanup);
  const server = await startServer(cleanup);
  const page = await openPage(cleanup, server.url, { expected: /status of 422/ });
  // The first poll tells that the client has arrived.
  await page.waitForResponse(/\/api\//);
  await page.locator("[name=url]").fill("ftp://nothing.example");
  await page.getByRole("button", { name: /add|try|track/i }).click();
  await page.locator('[name=url][aria-invalid="true"]').waitFor();
  assert.equal(await page.locator("[name=url]").inputValue(), "ftp://nothing.example");
  await page.locator("[name=url]").fill(target.url);
  await page.getByRole("button", { name: /add|try|track/i }).click();
  await row(page, "Up").waitFor();
  await page.locator(".row .menu > summary").click();
  await page.getByRole("button", { name: "Pause", exact: true }).click();
  await row(page, "Paused").waitFor();
  const menu = page.locator(".row .menu");
  if (!(await menu.evaluate((element) => element.open))) await page.locator(".row .menu > summary").click();
  await page.getByRole("button", { name: "Resume" }).click();
  await row(page, "Up").waitFor();
  if (!(await menu.evaluate((element) => element.open))) await page.locator(".row .menu > summary").click();
  await page.getByRole("button", { name: "Delete" }).click();
  await page.locator(".row").waitFor({ state: "detached" });
});

test("one tracker large, with its checks as a table", async (cleanup) => {
  const target = await startTarget(cleanup);
  const server = await startServer(cleanup, ["--track", target.url]);
  const page = await openPage(cleanup, server.url);
  await row(page, "Up").waitFor();
  await page.locator(".row .name").click();
  await page.waitForURL(/\/t\/1$/);
  await page.getByText("Show the 60 checks as a table").click();
  const rows = page.locator("table tbody tr");
  await rows.first().waitFor();
  const before = await rows.count();
  await page.waitForFunction((count) => document.querySelectorAll("table tbody tr").length > count, before);
  await page.goBack();
  await row(page, "Up").waitFor();
});

test("an edit from outside appears on the open page", async (cleanup) => {
  const target = await startTarget(cleanup);
  const server = await startServer(cleanup);
  const page = await openPage(cleanup, server.url);
  await page.locator("[name=url]").waitFor();
  const reply = await server.fetch("/v1/trackers", {
    method: "POST",
    body: JSON.stringify({ url: target.url, every: 1, name: "from outside" }),
  });
  assert.equal(reply.status, 201);
  await page.locator(".row .name", { hasText: "from outside" }).waitFor();
});
