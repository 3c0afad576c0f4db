// Looking back: uptime, chart, days, outages, and the bar of any moment. All of it is links and forms, so everything is
// tried without script too.

import assert from "node:assert/strict";
import { assertAccessible } from "../lib/accessible.mjs";
import { openPage } from "../lib/browser.mjs";
import { startServerWithHistory } from "../lib/history.mjs";
import { startServer } from "../lib/server.mjs";
import { startTarget } from "../lib/target.mjs";
import { test } from "../lib/test.mjs";

const withoutScript = { javaScriptEnabled: false, expected: /preload/ };

/** Milliseconds as a field for date and time holds them. */
const local = (ms) => new Date(ms).toISOString().slice(0, 19);

async function withHistory(cleanup) {
  return startServerWithHistory(cleanup, await startTarget(cleanup));
}

const current = (page) => page.locator("#latency nav a[aria-current]");
const momentBar = (page) => page.locator("section:has(#moment) svg.bar");

for (const [name, options] of [["without script", withoutScript], ["with script", {}]]) {
  test(`the past is told, ${name}`, async (cleanup) => {
    const server = await withHistory(cleanup);
    const page = await openPage(cleanup, `${server.url}/t/1`, options);
    for (const heading of ["Uptime", "Latency", "90 days", "Outages", "Go back to a moment", "How it is checked"]) {
      await page.getByRole("heading", { name: heading, exact: true }).waitFor();
    }
    const uptime = await page.locator("section:has(#h-uptime)").innerText();
    assert.match(uptime, /24 hours\s+95\.\d\d\s%\s+1 h down/);
    assert.match(uptime, /1 year\s+99\.7\d\s%\s+1 h 45 min down\s+30 d observed of 365 d/);
    await page.getByRole("img", { name: "Latency, last 24 hours" }).waitFor();
    assert.equal(await page.locator(".chart .hits a").count(), 241);
    assert.equal(await page.locator(".chart .out").count(), 1);
    assert.equal(await page.locator(".days .hits a").count(), 90);
    assert.match(await page.locator("svg.strip").getAttribute("aria-label"), /2 with time down|3 with time down/);
    const rows = page.locator("section:has(#h-outages) tbody tr");
    assert.equal(await rows.count(), 2);
    assert.match(await rows.first().innerText(), /1 h\s+status 502: <b onclick="x">bad<\/b> & worse/);
    assert.equal(await page.locator("#past b[onclick]").count(), 0, "what a target says is text");
    assert.equal(await page.locator('#past .hits a:not([tabindex="-1"])').count(), 0, "no tab stop for every column");
  });

  test(`links lead through the ranges of the past and to its moments, ${name}`, async (cleanup) => {
    const server = await withHistory(cleanup);
    const page = await openPage(cleanup, `${server.url}/t/1`, options);
    await page.locator("#reach-30d").click();
    await page.getByRole("img", { name: "Latency, last 30 days" }).waitFor();
    assert.equal(await current(page).getAttribute("id"), "reach-30d");
    assert.equal(await page.locator(".chart .out").count(), 2);
    await page.locator("section:has(#h-outages) tbody a").first().click();
    await momentBar(page).waitFor();
    const query = new URL(page.url()).searchParams;
    assert.equal(query.get("reach"), "30d", "the range stays");
    assert.equal(await momentBar(page).locator("path.d").count(), 1);
    assert.match(await momentBar(page).getAttribute("aria-label"), /56 up, 4 down/);
    await page.getByRole("link", { name: "Previous failure" }).click();
    await page.waitForURL((url) => Number(url.searchParams.get("at")) < server.outages[0]);
    await page.getByRole("link", { name: "Next failure" }).click();
    await page.waitForURL((url) => Number(url.searchParams.get("at")) > server.outages[0]);
    await page.getByRole("link", { name: "Earlier", exact: true }).click();
    await page.getByRole("link", { name: "Later", exact: true }).click();
    await page.getByText("Show 60 checks as a table").click();
    assert.equal(await page.locator("section:has(#moment) tbody tr").count(), 60);
    await page.getByRole("link", { name: "Back to now" }).click();
    await momentBar(page).waitFor({ state: "detached" });
    assert.equal(new URL(page.url()).search, "?reach=30d");
  });

  test(`a moment of the past is typed, ${name}`, async (cleanup) => {
    const server = await withHistory(cleanup);
    const page = await openPage(cleanup, `${server.url}/t/1?reach=7d`, options);
    const typed = local(server.outages[1] + 60_000);
    await page.getByLabel("Date and time, UTC").fill(typed);
    await page.getByRole("button", { name: "Show" }).click();
    await momentBar(page).waitFor();
    assert.match(await momentBar(page).getAttribute("aria-label"), /59 up, 1 down/);
    assert.equal(await current(page).getAttribute("id"), "reach-7d", "the range stays");
    assert.equal(await page.getByLabel("Date and time, UTC").inputValue(), typed.slice(0, 16));
  });

  test(`what is no moment of the past is said at the field, ${name}`, async (cleanup) => {
    const server = await withHistory(cleanup);
    const page = await openPage(cleanup, `${server.url}/t/1?at=<b>yesterday</b>`, options);
    const field = page.getByLabel("Date and time, UTC");
    assert.equal(await field.getAttribute("aria-invalid"), "true");
    const error = page.locator(`#${await field.getAttribute("aria-describedby")}`);
    assert.match(await error.innerText(), /“<b>yesterday<\/b>”: This is no time/);
    await page.getByRole("heading", { name: "Latency" }).waitFor();
  });
}

test("links of the past take the focus with them", async (cleanup) => {
  const server = await withHistory(cleanup);
  const page = await openPage(cleanup, `${server.url}/t/1`);
  await page.waitForResponse(/\/api\/live/);
  await page.locator("#reach-7d").focus();
  await page.keyboard.press("Enter");
  await page.getByRole("img", { name: "Latency, last 7 days" }).waitFor();
  await page.waitForFunction(() => document.activeElement.id === "reach-7d");
  await page.getByRole("heading", { name: "Latency" }).waitFor();
  assert.ok(await page.evaluate(() => document.querySelector("#h-latency").getBoundingClientRect().top >= 0));
  await page.locator("section:has(#h-outages) tbody a").first().click();
  await momentBar(page).waitFor();
  await page.waitForFunction(() => document.activeElement.id === "moment");
  await page.goBack();
  await momentBar(page).waitFor({ state: "detached" });
  await page.goBack();
  await page.getByRole("img", { name: "Latency, last 24 hours" }).waitFor();
});

test("a page has its past once, and not again as data", async (cleanup) => {
  const server = await withHistory(cleanup);
  const html = await (await server.fetch("/t/1")).text();
  assert.equal(html.match(/id="h-latency"/g).length, 1);
  assert.equal(html.match(/h-latency/g).length, 2, "not sent again as data");
});

test("a new outage joins the past by itself, and ends", async (cleanup) => {
  const target = await startTarget(cleanup);
  const server = await startServer(cleanup, ["--track", target.url]);
  const page = await openPage(cleanup, `${server.url}/t/1`);
  await page.getByText("No outage in the recorded history").waitFor();
  await target.set(503);
  await page.locator("section:has(#h-outages)").getByText("ongoing").waitFor();
  await target.set(200);
  await page.locator("section:has(#h-outages)").getByText("ongoing").waitFor({ state: "detached" });
  assert.equal(await page.locator("section:has(#h-outages) tbody tr").count(), 1);
});

test("pointing at a column of the past reads it out", async (cleanup) => {
  const server = await withHistory(cleanup);
  const page = await openPage(cleanup, `${server.url}/t/1`, withoutScript);
  await page.locator(".chart .hits a").nth(100).hover();
  const said = await page.evaluate(() => getComputedStyle(document.querySelector(".chart .hits a:hover"), "::after").content);
  assert.match(said, /UTC|p50|nothing|–/);
});

for (const colorScheme of ["light", "dark"]) {
  test(`the past is accessible and fits at 320 and 1280 px, ${colorScheme}`, async (cleanup) => {
    const server = await withHistory(cleanup);
    for (const width of [320, 768, 1280, 1920]) {
      for (const query of ["", `?reach=30d&at=${server.outages[0]}`, "?reach=1y&at=never"]) {
        const options = { colorScheme, viewport: { width, height: 800 }, bypassCSP: true };
        const page = await openPage(cleanup, `${server.url}/t/1${query}`, options);
        await page.evaluate(() => document.querySelectorAll("details.fold").forEach((fold) => (fold.open = true)));
        await assertAccessible(page, `${query} at ${width} px`);
        await page.close();
      }
    }
  });
}
