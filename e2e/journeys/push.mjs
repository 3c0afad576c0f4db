// A job that calls by itself: added, called as its page says, and shown, with and without script.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { assertAccessible } from "../lib/accessible.mjs";
import { openPage } from "../lib/browser.mjs";
import { startServer } from "../lib/server.mjs";
import { test } from "../lib/test.mjs";

const sideways = (page) => page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);

for (const [name, javaScriptEnabled] of [["with script", true], ["without script", false]]) {
  test(`a job calls its URL, ${name}`, async (cleanup) => {
    const server = await startServer(cleanup);
    const viewport = { width: 320, height: 640 };
    const page = await openPage(cleanup, `${server.url}/t/new`, { javaScriptEnabled, viewport, bypassCSP: javaScriptEnabled, expected: /422|preload/ });
    await page.getByLabel("What to check").fill("push://nightly-backup");
    await page.getByRole("button", { name: "Test", exact: true }).click();
    await page.getByText("a push tracker asks nobody").first().waitFor();
    await page.getByRole("button", { name: "Save and check" }).click();
    await page.waitForURL(/\/t\/1$/);
    await page.getByText("No signal yet. Nothing is expected before the first one.").waitFor();
    await page.getByText("a signal every 24 h, 1 h of grace").first().waitFor();
    assert.equal(await page.getByRole("button", { name: "Check now" }).count(), 0, "nobody can be asked");

    const shown = (await page.getByLabel("URL to call").innerText()).trim();
    const url = javaScriptEnabled ? shown : shown.replace("https://YOUR-SERVER", server.url);
    assert.match(url, new RegExp(`^${server.url}/push/1-`), "as this browser reaches it");
    await page.getByText("Ways to call it").click();
    const example = await page.getByLabel("A run with its beginning and its exit code").innerText();
    assert.ok(example.includes(`${shown}/start`) && example.includes(`${shown}/$?`), example);

    // As the page says, with a job that ends with 3.
    const script = example.replaceAll(shown, url).replace("/usr/local/bin/backup", "(exit 3)");
    const ran = spawnSync("sh", ["-c", script], { encoding: "utf8", env: { ...process.env, no_proxy: "*" } });
    assert.equal(ran.status, 0, ran.stderr);
    await page.reload();
    await page.getByText("exit code 3").first().waitFor();
    await page.getByRole("row", { name: /began/ }).waitFor();
    await page.locator(".badge.is-down").waitFor();
    if (javaScriptEnabled) await assertAccessible(page, "a tracker whose target calls");
    assert.ok((await sideways(page)) <= 0);

    const log = Array.from({ length: 40 }, (_, line) => `line ${line}`).join("\n");
    const told = await fetch(`${url}?run=a-1`, { method: "POST", body: log });
    assert.equal(await told.text(), "ok\n");
    await page.reload();
    await page.locator(".badge.is-up").waitFor();
    await page.getByText("success · run a-1").waitFor();
    await page.getByText("line 39", { exact: true }).click();
    await page.getByText("line 0").first().waitFor();
    assert.ok((await sideways(page)) <= 0);

    // Another number is another URL.
    await page.getByRole("link", { name: "Edit", exact: true }).click();
    await page.waitForURL(/\/t\/1\/edit$/);
    assert.equal(await page.locator("#f-retries, #f-http-ip, #f-http-method").count(), 0, "what says nothing about a job is not asked");
    await page.locator("summary").filter({ hasText: "When" }).last().click();
    await page.getByLabel("Number of its URL").fill("2");
    await page.getByRole("button", { name: "Save", exact: true }).click();
    await page.waitForURL(/\/t\/1$/);
    assert.equal((await fetch(url)).status, 404);
  });
}
