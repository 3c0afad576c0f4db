// Pauses that end by themselves, with a reason, and the log that says who paused.

import assert from "node:assert/strict";
import { assertAccessible } from "../lib/accessible.mjs";
import { openPage } from "../lib/browser.mjs";
import { startServer } from "../lib/server.mjs";
import { startTarget } from "../lib/target.mjs";
import { test } from "../lib/test.mjs";

for (const javaScriptEnabled of [true, false]) {
  const how = javaScriptEnabled ? "with script" : "without script";
  // A browser without script complains that what it fetched early is not used.
  const options = { javaScriptEnabled, expected: javaScriptEnabled ? /422/ : /422|preload/ };

  test(`a tracker rests for an hour and says why, ${how}`, async (cleanup) => {
    const target = await startTarget(cleanup);
    const server = await startServer(cleanup, ["--track", target.url]);
    const page = await openPage(cleanup, `${server.url}/t/1`, options);
    await page.getByLabel(/^More actions/).click();
    await page.getByRole("link", { name: "Pause for…" }).click();
    await page.waitForURL(/\/pause\?id=1/);
    await page.getByLabel("How long").selectOption("Until the time below");
    await page.getByLabel("Until, UTC").fill("2020-01-01");
    await page.getByLabel("Reason").fill("the disk is changed");
    await page.getByRole("button", { name: "Pause" }).click();
    const until = page.getByLabel("Until, UTC");
    await page.getByText("This is over already").waitFor();
    assert.equal(await until.inputValue(), "2020-01-01");
    await page.getByLabel("How long").selectOption("1 hour");
    await page.getByRole("button", { name: "Pause" }).click();
    await page.waitForURL(/\/t\/1$/);
    await page.getByRole("heading", { name: /^Paused, until / }).waitFor();
    assert.match(await page.locator(".cause").innerText(), /the disk is changed/);
    const changes = page.getByRole("region", { name: "Changes" });
    assert.match(await changes.innerText(), /Paused until .* UTC: the disk is changed/);
    await page.getByRole("button", { name: "Resume" }).click();
    await page.locator("h1 .badge", { hasText: "Up" }).waitFor();
  });
}

for (const colorScheme of ["light", "dark"]) {
  test(`pausing is accessible and fits, ${colorScheme}`, async (cleanup) => {
    const target = await startTarget(cleanup);
    const server = await startServer(cleanup, ["--track", target.url]);
    for (const width of [320, 768, 1280]) {
      const options = { colorScheme, viewport: { width, height: 800 }, bypassCSP: true };
      const page = await openPage(cleanup, `${server.url}/pause?id=1&back=/t/1`, options);
      await assertAccessible(page, `/pause at ${width}`);
      await page.getByRole("button", { name: "Pause" }).click();
      await page.waitForURL(/\/t\/1$/);
      await assertAccessible(page, `/t/1 at ${width}`);
    }
  });
}
