// Targets that are no web pages: tried in the editor, saved, shown and moved to another kind, with and without script.

import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:net";
import { openPage } from "../lib/browser.mjs";
import { startServer } from "../lib/server.mjs";
import { test } from "../lib/test.mjs";

/** A port that greets whoever comes. */
async function greeting(cleanup, banner) {
  const sockets = [];
  const server = createServer((socket) => {
    sockets.push(socket);
    socket.on("error", () => {});
    socket.write(banner);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  cleanup.add(() => {
    sockets.forEach((socket) => socket.destroy());
    server.close();
  });
  return `127.0.0.1:${server.address().port}`;
}

const sideways = (page) => page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);

for (const [name, javaScriptEnabled] of [["with script", true], ["without script", false]]) {
  test(`a port is tried and tracked, ${name}`, async (cleanup) => {
    const address = await greeting(cleanup, "220 mail.example ESMTP\r\n");
    const server = await startServer(cleanup);
    const viewport = { width: 320, height: 640 };
    const page = await openPage(cleanup, `${server.url}/t/new`, { javaScriptEnabled, viewport, expected: /422|preload/ });
    await page.getByLabel("What to check").fill(`tcp://${address}`);
    await page.getByLabel("Every", { exact: true }).fill("1s");
    await page.getByLabel("What counts as up").fill("banner starts with 250");
    await page.getByRole("button", { name: "Test", exact: true }).click();
    const steps = page.getByRole("list", { name: "Steps of the test" });
    await steps.getByText("does not hold").waitFor();
    await page.getByLabel("What counts as up").fill("banner starts with 220");
    await page.getByRole("button", { name: "Test", exact: true }).click();
    await page.locator(".verdict.is-up").waitFor();
    assert.ok((await sideways(page)) <= 0);
    await page.getByRole("button", { name: "Save and check" }).click();
    await page.waitForURL(/\/t\/1$/);
    await page.getByText(`tcp://${address}`).first().waitFor();
    await page.getByRole("link", { name: "Edit", exact: true }).click();
    await page.waitForURL(/\/t\/1\/edit$/);
    assert.equal(await page.locator("#f-http-method").count(), 0, "what says nothing about a port is not asked");
    assert.equal(await page.locator("#f-http-body").count(), 1);
    // As a web page it has no banner.
    await page.getByLabel("What to check").fill(`http://${address}/`);
    await page.getByRole("button", { name: "Save", exact: true }).click();
    await page.getByText("a http target has no `banner`").first().waitFor();
    assert.equal(await page.locator("#f-http-method").count(), 1, "now it is asked how");
  });
}
