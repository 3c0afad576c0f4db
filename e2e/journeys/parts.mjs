// The page of all parts, for contributors.

import assert from "node:assert/strict";
import { assertAccessible } from "../lib/accessible.mjs";
import { openPage } from "../lib/browser.mjs";
import { startServer } from "../lib/server.mjs";
import { test } from "../lib/test.mjs";

for (const colorScheme of ["light", "dark"]) {
  test(`every part is accessible and fits, ${colorScheme}`, async (cleanup) => {
    const server = await startServer(cleanup);
    for (const width of [320, 1280]) {
      const page = await openPage(cleanup, `${server.url}/ui`, { colorScheme, viewport: { width, height: 800 }, bypassCSP: true });
      await assertAccessible(page, `/ui at ${width} px`);
      await page.close();
    }
  });
}

test("a password can be looked at, and is one again when it is sent", async (cleanup) => {
  const server = await startServer(cleanup);
  const page = await openPage(cleanup, `${server.url}/login`, { stranger: true, expected: /422/ });
  const field = page.getByLabel("Password", { exact: true });
  const show = page.getByRole("button", { name: "Show password" });
  assert.equal(await field.getAttribute("autocomplete"), "current-password");
  await field.fill("not the password");
  await show.click();
  assert.deepEqual([await field.getAttribute("type"), await show.getAttribute("aria-pressed")], ["text", "true"]);
  const { width, height } = await show.boundingBox();
  assert.ok(width >= 44 && height >= 44, `${width} × ${height}`);
  await show.click();
  assert.equal(await field.getAttribute("type"), "password");
  await show.click();
  await page.evaluate(() => document.addEventListener("submit", () => (window.name = document.querySelector("[name=password]").type)));
  await page.getByLabel("Name", { exact: true }).fill("Ada");
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByRole("alert").waitFor();
  assert.equal(await page.evaluate(() => window.name), "password", "so that the browser offers to keep it");
  assert.equal(await field.getAttribute("type"), "password");
});

test("without script a password has no button that does nothing", async (cleanup) => {
  const server = await startServer(cleanup);
  const page = await openPage(cleanup, `${server.url}/login`, { stranger: true, javaScriptEnabled: false });
  await page.getByLabel("Password", { exact: true }).waitFor();
  assert.equal(await page.locator(".reveal").isVisible(), false);
});
