// The editor: from what is pasted, by a test, to a tracker that goes down and recovers; with and without script, on a desk and on a phone.

import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { readFile } from "node:fs/promises";
import { startApi } from "../lib/api.mjs";
import { openPage } from "../lib/browser.mjs";
import { startServer } from "../lib/server.mjs";
import { test } from "../lib/test.mjs";

const axe = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

async function violations(page) {
  await page.evaluate(axe);
  const found = await page.evaluate(() => window.axe.run(document, { resultTypes: ["violations"] }));
  return found.violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(" | ")}`);
}

const sideways = (page) => page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);

/** Loads the page again until it shows what is looked for, as who has no script must; with script it comes by itself. */
async function seen(page, locator, javaScriptEnabled) {
  if (javaScriptEnabled) return locator.first().waitFor({ state: "attached" });
  for (let n = 0; n < 200; n += 1) {
    if ((await locator.count()) > 0) return;
    await page.reload();
  }
  throw new Error(`never shown: ${locator}`);
}

const WAYS = [
  { name: "with script", javaScriptEnabled: true, viewport: { width: 1280, height: 900 } },
  { name: "without script", javaScriptEnabled: false, viewport: { width: 1280, height: 900 } },
  { name: "with script on a phone", javaScriptEnabled: true, viewport: { width: 320, height: 640 } },
  { name: "without script on a phone", javaScriptEnabled: false, viewport: { width: 320, height: 640 } },
];

for (const { name, javaScriptEnabled, viewport } of WAYS) {
  test(`from a pasted URL to an outage and back, ${name}`, async (cleanup) => {
    const api = await startApi(cleanup);
    const server = await startServer(cleanup);
    const page = await openPage(cleanup, server.url, { javaScriptEnabled, viewport, expected: /422|preload/ });
    await page.getByRole("link", { name: "More options" }).click();
    await page.waitForURL(/\/t\/new$/);
    await page.getByLabel("What to check").fill(`${api.url}old`);
    await page.getByLabel("Name", { exact: true }).fill("Till");
    await page.getByLabel("Every", { exact: true }).fill("1s");
    await page.getByLabel("What counts as up").fill('body contains "ok"');
    await page.getByRole("button", { name: "Test", exact: true }).click();
    const steps = page.getByRole("list", { name: "Steps of the test" });
    await steps.getByText("Redirect").waitFor();
    await steps.getByText("does not hold").waitFor();
    assert.equal(await page.getByLabel("Name", { exact: true }).inputValue(), "Till");
    await page.getByRole("button", { name: "Ignore case" }).click();
    await page.locator(".verdict.is-up").waitFor();
    assert.match(await page.getByLabel("What counts as up").inputValue(), /\(\?i\)ok/);
    await page.getByRole("button", { name: /waiting.*4183/ }).click();
    await steps.getByText("json $.queue.waiting == 4183").waitFor();
    await page.locator(".verdict.is-up").waitFor();
    assert.ok((await sideways(page)) <= 0);
    assert.equal((await (await server.fetch("/v1/trackers")).json()).length, 0, "a test saves nothing");
    await page.getByRole("button", { name: "Save and check" }).click();
    await page.waitForURL(/\/t\/1$/);
    await page.getByRole("heading", { level: 1, name: /Till/ }).waitFor();
    await seen(page, page.locator(".badge", { hasText: "Up" }), javaScriptEnabled);
    api.status = 503;
    await seen(page, page.locator(".badge", { hasText: "Down" }), javaScriptEnabled);
    // It is down now, and can be saved all the same.
    await page.getByRole("link", { name: "Edit", exact: true }).click();
    await page.waitForURL(/\/t\/1\/edit$/);
    await page.getByRole("button", { name: "Test", exact: true }).click();
    await page.getByText("Down: status 503").first().waitFor();
    await page.getByRole("button", { name: "Save anyway: it is down now" }).click();
    await page.waitForURL(/\/t\/1$/);
    api.status = 200;
    await seen(page, page.locator(".badge", { hasText: "Up" }), javaScriptEnabled);
  });

  test(`a command line is pasted and read, ${name}`, async (cleanup) => {
    const api = await startApi(cleanup);
    const server = await startServer(cleanup);
    const page = await openPage(cleanup, `${server.url}/t/new`, { javaScriptEnabled, viewport, expected: /422|preload/ });
    const line = `curl '${api.url}' -X POST \\\n  -H 'X-Api-Key: hunter2' \\\n  -d '{"a": 1}' -u me:secret --compressed --cert file`;
    if (javaScriptEnabled) {
      await page.waitForLoadState("networkidle");
      const field = page.getByLabel("What to check");
      await field.focus();
      await field.evaluate((element, text) => {
        element.value = text;
        element.dispatchEvent(new ClipboardEvent("paste", { bubbles: true }));
      }, line);
      await page.getByText("--cert is left out").waitFor();
    } else {
      await page.getByLabel("What to check").fill(line);
      await page.getByRole("button", { name: "Test", exact: true }).click();
      await page.getByText("--cert is left out").waitFor();
    }
    assert.equal(await page.getByLabel("What to check").inputValue(), api.url);
    await page.locator("summary", { hasText: "Request" }).click();
    assert.equal(await page.getByLabel("Method").inputValue(), "POST");
    assert.equal(await page.getByLabel("Body", { exact: true }).inputValue(), '{"a": 1}');
    await page.getByRole("button", { name: "Test", exact: true }).click();
    await page.locator(".verdict.is-up").waitFor();
    assert.equal(api.heard.method, "POST");
    assert.equal(api.heard.headers["x-api-key"], "hunter2");
    assert.equal(api.heard.body, '{"a": 1}');
    assert.equal(api.heard.headers.authorization, `Basic ${Buffer.from("me:secret").toString("base64")}`);
  });
}

test("a test runs by Ctrl and Enter, and stops when it is told to", async (cleanup) => {
  const api = await startApi(cleanup);
  const server = await startServer(cleanup);
  const page = await openPage(cleanup, `${server.url}/t/new`);
  await page.waitForLoadState("networkidle");
  await page.getByLabel("What to check").fill(`${api.url}hang`);
  await page.keyboard.press("Control+Enter");
  await page.getByText("Asking…").waitFor();
  const stop = page.getByRole("button", { name: "Stop" });
  await stop.click();
  await page.getByText("Given up.").waitFor();
  await page.getByRole("button", { name: "Test", exact: true }).waitFor();
  await page.getByLabel("What to check").fill(api.url);
  await page.keyboard.press("Control+Enter");
  await page.locator(".verdict.is-up").waitFor();
  assert.match(await page.locator("#trial-said").textContent(), /^Up in /);
});

test("who leaves with changes is asked, who saves is not", async (cleanup) => {
  const api = await startApi(cleanup);
  const server = await startServer(cleanup);
  const page = await openPage(cleanup, `${server.url}/t/new`);
  await page.waitForLoadState("networkidle");
  const asked = [];
  page.on("dialog", (dialog) => {
    asked.push(dialog.type());
    dialog.dismiss();
  });
  await page.getByLabel("What to check").pressSequentially(api.url);
  await page.getByRole("link", { name: "Cancel" }).click();
  await page.waitForFunction(() => true);
  assert.deepEqual(asked, ["beforeunload"]);
  assert.match(page.url(), /\/t\/new$/);
  await page.getByRole("button", { name: "Save and check" }).click();
  await page.waitForURL(/\/t\/1$/);
  assert.deepEqual(asked, ["beforeunload"]);
});

test("a copy is made of a tracker", async (cleanup) => {
  const api = await startApi(cleanup);
  const server = await startServer(cleanup, ["--track", api.url]);
  const page = await openPage(cleanup, `${server.url}/t/1`);
  await page.waitForResponse(/\/api\/live/);
  await page.locator(".actions .menu > summary").click();
  await page.getByRole("link", { name: "Clone" }).click();
  await page.waitForURL(/\/t\/new\?from=1$/);
  assert.match(await page.getByLabel("Name", { exact: true }).inputValue(), /\(copy\)$/);
  await page.getByRole("button", { name: "Save and check" }).click();
  await page.waitForURL(/\/t\/2$/);
});

for (const javaScriptEnabled of [true, false]) {
  test(`a tracker is checked now, ${javaScriptEnabled ? "with script" : "without script"}`, async (cleanup) => {
    const api = await startApi(cleanup);
    const server = await startServer(cleanup);
    const body = JSON.stringify({ url: api.url, every: "1h", name: "Till" });
    await server.fetch("/v1/trackers", { method: "POST", body });
    const page = await openPage(cleanup, `${server.url}/t/1`, { javaScriptEnabled, expected: /preload/ });
    await seen(page, page.locator(".badge", { hasText: "Up" }), javaScriptEnabled);
    if (javaScriptEnabled) await page.waitForLoadState("domcontentloaded");
    await page.getByRole("button", { name: "Check now" }).click();
    await seen(page, page.locator("td", { hasText: "by hand" }), javaScriptEnabled);
  });
}

for (const colorScheme of ["light", "dark"]) {
  test(`the editor is accessible and fits, ${colorScheme}`, async (cleanup) => {
    const api = await startApi(cleanup);
    const server = await startServer(cleanup, ["--track", api.url]);
    for (const width of [320, 768, 1280]) {
      for (const path of ["/t/new", "/t/1/edit", "/t/new?from=1"]) {
        const options = { colorScheme, viewport: { width, height: 800 }, bypassCSP: true };
        const page = await openPage(cleanup, server.url + path, options);
        const place = `${path} at ${width} px`;
        await page.waitForLoadState("networkidle");
        assert.deepEqual(await violations(page), [], place);
        await page.getByLabel("What to check").fill(api.url);
        await page.getByLabel("What counts as up").fill("status == 204\nbody contains \"ok\"\ntotal < 1us else degraded");
        await page.locator("summary").evaluateAll((all) => all.forEach((summary) => (summary.parentElement.open = true)));
        await page.keyboard.press("Control+Enter");
        await page.locator(".verdict.is-down").waitFor();
        await page.locator("#trial summary").evaluateAll((all) => all.forEach((summary) => (summary.parentElement.open = true)));
        assert.deepEqual(await violations(page), [], `${place}, tested`);
        const wide = await sideways(page);
        assert.ok(wide <= 0, `${place} is ${wide} px too wide`);
        await page.close();
      }
    }
  });
}
