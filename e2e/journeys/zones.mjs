// Times: in the viewer's zone where there is script, in UTC where there is none.

import assert from "node:assert/strict";
import { openPage } from "../lib/browser.mjs";
import { startServerWithHistory } from "../lib/history.mjs";
import { startServer } from "../lib/server.mjs";
import { startTarget } from "../lib/target.mjs";
import { test } from "../lib/test.mjs";

/** Half an hour off, and never summer time: no hour or minute is right by chance. */
const ZONE = "Asia/Kolkata";

function clockIn(timeZone, at) {
  return new Intl.DateTimeFormat("en-GB", { timeZone, hour: "2-digit", minute: "2-digit", hourCycle: "h23" }).format(new Date(at));
}

/** Every time that shows a clock is the one of `timeZone`. Returns how many there are. */
async function assertTimes(page, timeZone, place = "time") {
  const times = await page.locator(place).evaluateAll((all) =>
    all.map(({ dateTime, textContent, title }) => ({ dateTime, text: textContent, title })),
  );
  const clocks = times.filter(({ text }) => /\d\d:\d\d/.test(text));
  for (const { dateTime, text, title } of clocks) {
    assert.ok(text.includes(clockIn(timeZone, dateTime)), `${text} is not ${dateTime} in ${timeZone}`);
    if (timeZone !== "UTC") {
      assert.equal(title, `${dateTime.slice(0, 19).replace("T", " ")} UTC`);
      assert.ok(!text.includes("UTC"), text);
    }
  }
  return clocks.length;
}

for (const [javaScriptEnabled, zone] of [[true, ZONE], [false, "UTC"]]) {
  const how = javaScriptEnabled ? "with script" : "without script";
  const options = { javaScriptEnabled, timezoneId: ZONE, expected: /preload/ };

  test(`times of settings and of the past are in ${zone}, ${how}`, async (cleanup) => {
    const target = await startTarget(cleanup);
    const server = await startServerWithHistory(cleanup, target);
    const page = await openPage(cleanup, `${server.url}/settings/account`, options);
    assert.ok((await assertTimes(page, zone)) > 1);
    await page.goto(`${server.url}/t/1?reach=30d`);
    assert.ok((await assertTimes(page, zone, "#past time")) > 1);
    const zoneOfTable = await page.locator("#past th", { hasText: "From" }).first().innerText();
    assert.equal(zoneOfTable.includes("UTC"), zone === "UTC", zoneOfTable);
  });
}

test("nothing moves when times change their zone", async (cleanup) => {
  const target = await startTarget(cleanup);
  const server = await startServer(cleanup, ["--track", target.url]);
  for (const path of ["/settings/account", "/settings/accounts", "/"]) {
    const page = await openPage(cleanup, server.url + path, { timezoneId: ZONE });
    const shifted = await page.evaluate(
      () =>
        new Promise((resolve) => {
          let sum = 0;
          const add = (list) => list.getEntries().forEach(({ value }) => (sum += value));
          new PerformanceObserver(add).observe({ type: "layout-shift", buffered: true });
          // Two frames after the page has come to rest.
          requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(() => resolve(sum))));
        }),
    );
    // The live sign of the list changes its width.
    assert.ok(shifted < 0.002, `${path} moved by ${shifted}`);
    await page.close();
  }
});

test("live times are in the viewer's zone", async (cleanup) => {
  const target = await startTarget(cleanup);
  const server = await startServer(cleanup, ["--track", target.url]);
  const page = await openPage(cleanup, `${server.url}/t/1`, { timezoneId: ZONE });
  await page.getByText("Show the 60 checks as a table").click();
  const rows = page.locator("table time");
  const before = await rows.count();
  await page.waitForFunction((before) => document.querySelectorAll("table time").length > before, before);
  assert.ok((await assertTimes(page, ZONE, "table time")) > before);
  await page.locator("[role=slider]").focus();
  await page.locator("#tip time").waitFor();
  assert.equal(await assertTimes(page, ZONE, "#tip time"), 1);
});
