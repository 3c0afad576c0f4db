// The form with all settings of a tracker: plain, complete, and the same with and without script.

import assert from "node:assert/strict";
import { openPage } from "../lib/browser.mjs";
import { startServer } from "../lib/server.mjs";
import { startTarget } from "../lib/target.mjs";
import { test } from "../lib/test.mjs";

const SECRET = "CANARY-7f3a";

for (const javaScriptEnabled of [true, false]) {
  const how = javaScriptEnabled ? "with script" : "without script";
  // A browser without script complains that what it fetched early is not used.
  const options = { javaScriptEnabled, expected: javaScriptEnabled ? /422/ : /422|preload/ };

  test(`all settings are edited, ${how}`, async (cleanup) => {
    const target = await startTarget(cleanup);
    const server = await startServer(cleanup, ["--track", target.url]);
    const page = await openPage(cleanup, `${server.url}/t/1`, options);
    await page.getByRole("link", { name: "Edit", exact: true }).click();
    await page.waitForURL(/\/t\/1\/edit$/);
    assert.equal(await page.getByLabel("What to check").inputValue(), new URL(target.url).href);
    await page.getByLabel("Name", { exact: true }).fill("Till");
    await page.getByLabel("Every", { exact: true }).fill("5m");
    await page.getByLabel("What counts as up").fill("status == 200\ntotal < 5s else degraded");
    await page.getByRole("button", { name: "Save" }).click();
    await page.waitForURL(/\/t\/1$/);
    await page.getByRole("heading", { level: 1, name: /Till/ }).waitFor();
    await page.locator("dd").getByText("status == 200; total < 5s else degraded").waitFor();
  });

  test(`a setting that is wrong is said at its field and everything typed is kept, ${how}`, async (cleanup) => {
    const target = await startTarget(cleanup);
    const server = await startServer(cleanup, ["--track", target.url]);
    const page = await openPage(cleanup, `${server.url}/t/1/edit`, options);
    await page.getByLabel("Name", { exact: true }).fill("Till");
    await page.locator("summary", { hasText: "Connection" }).click();
    await page.getByLabel("Name servers").fill("dns.example");
    await page.getByRole("button", { name: "Save" }).click();
    const problem = page.getByRole("alert").getByRole("link", { name: /Name servers/ });
    await problem.waitFor();
    await problem.click();
    const field = page.getByLabel("Name servers");
    assert.equal(await field.inputValue(), "dns.example");
    assert.equal(await field.getAttribute("aria-invalid"), "true");
    assert.equal(await page.getByLabel("Name", { exact: true }).inputValue(), "Till");
    await field.fill("");
    await page.getByRole("button", { name: "Save" }).click();
    await page.waitForURL(/\/t\/1$/);
  });

  test(`secrets are kept and never shown, ${how}`, async (cleanup) => {
    const target = await startTarget(cleanup);
    const server = await startServer(cleanup, ["--track", target.url]);
    const page = await openPage(cleanup, `${server.url}/t/1/edit`, options);
    await page.locator("summary", { hasText: "Request" }).click();
    await page.getByLabel("Headers").fill(`X-Api-Key: ${SECRET}\nAccept: text/html`);
    await page.getByRole("button", { name: "Save" }).click();
    await page.waitForURL(/\/t\/1$/);
    await page.goto(`${server.url}/t/1/edit`);
    assert.ok(!(await page.content()).includes(SECRET));
    await page.locator("summary", { hasText: "Request" }).click();
    assert.equal(await page.getByLabel("Headers").inputValue(), "X-Api-Key: •••\nAccept: text/html");
    await page.getByRole("button", { name: "Save" }).click();
    await page.waitForURL(/\/t\/1$/);
  });
}
