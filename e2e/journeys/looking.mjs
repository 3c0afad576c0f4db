// Looking closer at the bar: by pointer, by tap, by keyboard.

import assert from "node:assert/strict";
import { openPage } from "../lib/browser.mjs";
import { startServer } from "../lib/server.mjs";
import { startTarget } from "../lib/target.mjs";
import { test } from "../lib/test.mjs";

/** A tracker with a failure among its checks, and its page once the client has arrived. */
async function withFailure(cleanup, path, options) {
  const target = await startTarget(cleanup, 503);
  const server = await startServer(cleanup, ["--track", target.url]);
  const page = await openPage(cleanup, server.url + path, options);
  await page.locator(".bar path.d").first().waitFor();
  await target.set(200);
  await page.locator(".bar path.u").first().waitFor();
  return page;
}

/** How far from the left of the bar a place is, counted from 0. */
async function middle(page, place) {
  const bar = page.locator(".bar").first();
  // On a phone the sections are above the end of the page.
  await bar.evaluate((element) => element.scrollIntoView({ block: "center" }));
  const box = await bar.boundingBox();
  return { x: box.x + (box.width * (place + 0.5)) / 60, y: box.y + box.height / 2 };
}

test("the bar of a tracker is a slider that keys move", async (cleanup) => {
  const page = await withFailure(cleanup, "/t/1");
  const slider = page.getByRole("slider", { name: "Last 60 checks" });
  await slider.focus();
  const tip = page.locator("#tip");
  await tip.waitFor();
  const value = () => slider.getAttribute("aria-valuetext");
  await page.keyboard.press("Home");
  assert.match(await value(), /^Check 1 of 60: no data yet$/);
  await page.keyboard.press("n");
  const failure = (await value()).replace(/^Check \d+ of 60, /, "");
  assert.match(failure, /UTC: (retrying|down), status 503/);
  assert.match(await tip.innerText(), /503/);
  // Others arrive; the cursor stays on its check, one place further left each time.
  const now = Number(await slider.getAttribute("aria-valuenow"));
  await page.waitForFunction((now) => Number(document.querySelector("[role=slider]").getAttribute("aria-valuenow")) <= now - 2, now);
  assert.equal((await value()).replace(/^Check \d+ of 60, /, ""), failure);
  await page.keyboard.press("Enter");
  await page.waitForFunction(() => document.activeElement.matches("#checks[open] tr"));
  assert.match(await page.locator("tr:focus").innerText(), /503/);
  await slider.focus();
  await page.keyboard.press("Escape");
  await tip.waitFor({ state: "hidden" });
  assert.equal(await slider.getAttribute("aria-valuenow"), "60");
});

test("buttons lead from failure to failure", async (cleanup) => {
  const page = await withFailure(cleanup, "/t/1");
  await page.getByRole("button", { name: "Previous failure" }).click();
  await page.locator("#tip").getByText(/503/).waitFor();
  assert.match(await page.locator("[role=slider]").getAttribute("aria-valuetext"), /503/);
  await page.getByRole("button", { name: "Next failure" }).click();
  assert.match(await page.locator(".vh[role=status]").innerText(), /No later failure/);
});

test("a pointer over a bar opens one tooltip; a click pins it, Escape and a click elsewhere close it", async (cleanup) => {
  const page = await withFailure(cleanup, "/");
  const tip = page.locator("#tip");
  const { x, y } = await middle(page, 59);
  await page.mouse.move(x, y);
  await tip.waitFor();
  assert.match(await tip.innerText(), /60 of 60/);
  // It can be hovered itself.
  const box = await tip.boundingBox();
  await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2, { steps: 4 });
  await page.waitForResponse(/\/api\/live/);
  assert.ok(await tip.isVisible());
  await page.mouse.move(5, 5);
  await tip.waitFor({ state: "hidden" });
  await page.mouse.click(x, y);
  await page.mouse.move(5, 5);
  await page.waitForResponse(/\/api\/live/);
  await page.waitForResponse(/\/api\/live/);
  assert.ok(await tip.isVisible(), "pinned");
  await page.keyboard.press("Escape");
  await tip.waitFor({ state: "hidden" });
  await page.mouse.click(x, y);
  await tip.waitFor();
  await page.locator("h1").click();
  await tip.waitFor({ state: "hidden" });
  assert.equal(new URL(page.url()).pathname, "/", "looking is not opening");
});

test("on a phone a tap opens the tooltip inside the page", async (cleanup) => {
  const page = await withFailure(cleanup, "/", { viewport: { width: 320, height: 640 }, hasTouch: true, isMobile: true });
  const { x, y } = await middle(page, 58);
  await page.touchscreen.tap(x, y);
  const tip = page.locator("#tip");
  await tip.waitFor();
  const box = await tip.boundingBox();
  assert.ok(box.x >= 0 && box.x + box.width <= 320, JSON.stringify(box));
  assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), 320);
});

test("without script the bar is no control", async (cleanup) => {
  const target = await startTarget(cleanup);
  const server = await startServer(cleanup, ["--track", target.url]);
  const page = await openPage(cleanup, `${server.url}/t/1`, { javaScriptEnabled: false, expected: /preload/ });
  assert.equal(await page.locator("[role=slider], .slider[tabindex]").count(), 0);
  assert.equal(await page.getByRole("button", { name: /failure/ }).count(), 0);
});
