// The same pages in a browser that runs no script: complete, and every form works.

import assert from "node:assert/strict";
import { openPage } from "../lib/browser.mjs";
import { startServer } from "../lib/server.mjs";
import { startTarget } from "../lib/target.mjs";
import { test } from "../lib/test.mjs";

// A browser without script complains that what it fetched early is not used.
const withoutScript = { javaScriptEnabled: false, expected: /preload/ };

/** Loads the page again until it shows what is looked for; without script it does not change by itself. */
async function reloadUntil(page, locator) {
  for (let n = 0; n < 100; n += 1) {
    if ((await locator.count()) > 0) return;
    await page.reload();
  }
  throw new Error(`never shown: ${locator}`);
}

test("without script a tracker is added, watched, paused, resumed and deleted", async (cleanup) => {
  const target = await startTarget(cleanup);
  const server = await startServer(cleanup);
  const page = await openPage(cleanup, server.url, withoutScript);
  await page.locator("[name=url]").fill(target.url);
  await page.locator("form [type=submit]").first().click();
  await reloadUntil(page, page.locator(".row .state", { hasText: "Up" }));
  assert.equal(await page.locator(".row .bar path").count(), 2, "one path for up, one for no data");
  await page.locator(".row .menu > summary").click();
  await page.getByRole("button", { name: "Pause", exact: true }).click();
  await page.locator(".row .state", { hasText: "Paused" }).waitFor();
  await page.locator(".row .name").click();
  assert.match(page.url(), /\/t\/1$/);
  await page.getByText("Show the 60 checks as a table").click();
  assert.ok((await page.locator("table tbody tr").count()) > 0);
  await page.getByRole("button", { name: "Resume" }).first().click();
  assert.match(page.url(), /\/t\/1$/);
  await page.locator(".menu > summary").first().click();
  await page.getByRole("button", { name: "Delete" }).click();
  assert.equal(new URL(page.url()).pathname, "/");
  assert.equal(await page.locator(".row").count(), 0);
  await page.getByRole("button", { name: "Undo" }).click();
  assert.equal(new URL(page.url()).search, "");
  await page.locator(".row .state", { hasText: "Paused" }).or(page.locator(".row .state", { hasText: "Up" })).waitFor();
});

test("without script a form that fails keeps what was typed", async (cleanup) => {
  const server = await startServer(cleanup);
  const page = await openPage(cleanup, server.url, { ...withoutScript, expected: /422|preload/ });
  await page.locator("[name=url]").fill("gopher://old.example");
  await page.locator("form [type=submit]").first().click();
  await page.locator('[name=url][aria-invalid="true"]').waitFor();
  assert.equal(await page.locator("[name=url]").inputValue(), "gopher://old.example");
  assert.match(await page.locator("form").first().innerText(), /what is understood: http, https/);
  assert.equal(new URL(page.url()).search, "", "no free text travels in a URL");
});

test("a form that failed without script is the same after hydration", async (cleanup) => {
  const server = await startServer(cleanup);
  const page = await openPage(cleanup, server.url, { expected: /422/ });
  // Submitted past our own client, as it would be if the client had not arrived yet.
  await page.evaluate(() => {
    const form = document.querySelector('form[action="/api/add_tracker"]');
    form.querySelector("[name=url]").value = "gopher://old.example";
    form.submit();
  });
  await page.locator('[name=url][aria-invalid="true"]').waitFor();
  await page.waitForResponse(/\/api\//);
  assert.equal(new URL(page.url()).pathname, "/");
  assert.equal(await page.locator("[name=url]").inputValue(), "gopher://old.example");
});
