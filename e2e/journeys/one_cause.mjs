// One cause, one alert: maintenance, trackers that depend on others, and the link in a message.

import assert from "node:assert/strict";
import { assertAccessible } from "../lib/accessible.mjs";
import { openPage } from "../lib/browser.mjs";
import { startReceiver } from "../lib/receiver.mjs";
import { startServer } from "../lib/server.mjs";
import { startTarget } from "../lib/target.mjs";
import { test } from "../lib/test.mjs";

/** Sends a form as a browser does. */
async function post(server, path, fields) {
  const reply = await server.fetch(`/api/${path}`, { method: "POST", body: new URLSearchParams(fields) });
  assert.ok(reply.ok, `${path}: ${await reply.text()}`);
}

/** A channel that is told of everything. */
async function tellEverything(cleanup, server) {
  const receiver = await startReceiver(cleanup);
  await post(server, "save_channel", { kind: "webhook", enabled: "true", name: "Ops hook", url: receiver.url, everything: "true" });
  return receiver;
}

/** Reloads until the page shows a text; without script nothing moves by itself. */
async function reloadUntil(page, text) {
  const deadline = Date.now() + 30_000;
  while (!(await page.locator("body").innerText()).includes(text)) {
    assert.ok(Date.now() < deadline, `${page.url()} never said: ${text}`);
    await page.waitForTimeout(300);
    await page.reload();
  }
}

for (const javaScriptEnabled of [true, false]) {
  const how = javaScriptEnabled ? "with script" : "without script";
  const options = { javaScriptEnabled, expected: /422|preload/ };

  test(`maintenance is announced, lasts, and is ended, ${how}`, async (cleanup) => {
    const target = await startTarget(cleanup);
    const server = await startServer(cleanup, ["--track", target.url]);
    const receiver = await tellEverything(cleanup, server);
    const page = await openPage(cleanup, `${server.url}/incidents`, options);
    await page.getByRole("link", { name: "Maintenance" }).click();
    await page.getByText("None is announced.").waitFor();
    await page.getByRole("link", { name: "Announce maintenance" }).click();
    await page.getByLabel("Name", { exact: true }).fill("New disk");
    await page.getByLabel("From", { exact: true }).fill("soon");
    await page.getByLabel("For how long").fill("2h");
    await page.getByRole("button", { name: "Save" }).click();
    await page.locator("#plan-from[aria-invalid=true]").waitFor();
    assert.equal(await page.getByLabel("For how long").inputValue(), "2h");
    await page.getByLabel("From", { exact: true }).fill("now");
    await page.getByRole("button", { name: "Save" }).click();
    await page.waitForURL(/\/maintenance\?done=announced$/);
    await page.getByText("One lasts now").waitFor();

    await page.goto(`${server.url}/t/1`);
    await reloadUntil(page, "Maintenance");
    await target.set(503);
    await page.waitForTimeout(2_500);
    assert.deepEqual(receiver.heard, [], "nobody is told while it lasts");
    await page.goto(`${server.url}/?state=maintenance`);
    await page.locator(".rows li").first().waitFor();

    await page.goto(`${server.url}/maintenance`);
    await page.getByRole("button", { name: "End it now" }).click();
    await page.getByText("It is taken back.").waitFor();
    const [told] = await receiver.until(1);
    assert.equal(told.kind, "down", "what broke meanwhile is told afterwards");
  });

  test(`what fails behind a tracker that is down is blocked, ${how}`, async (cleanup) => {
    const [router, shop] = [await startTarget(cleanup), await startTarget(cleanup)];
    const server = await startServer(cleanup, ["--track", router.url, "--track", shop.url]);
    const receiver = await tellEverything(cleanup, server);
    const page = await openPage(cleanup, `${server.url}/t/2/edit`, options);
    await page.locator("summary", { hasText: "Where it shows" }).click();
    const parent = page.getByLabel("Depends on");
    const named = parent.locator("option").filter({ hasText: new URL(router.url).host });
    assert.match(await named.first().innerText(), /same host/);
    await parent.selectOption(await named.first().getAttribute("value"));
    await page.getByRole("button", { name: "Save" }).click();
    await page.waitForURL(/\/t\/2$/);
    await Promise.all([router.set(503), shop.set(503)]);
    await receiver.until(1);
    await reloadUntil(page, "Blocked");
    await page.waitForTimeout(2_500);
    assert.deepEqual(receiver.heard.map(({ kind }) => kind), ["down"]);
    assert.ok(receiver.heard[0].tracker.target.startsWith(router.url.slice(0, -1)), JSON.stringify(receiver.heard));
  });
}

test("who got a message says by its link that they know of it, without an account", async (cleanup) => {
  const target = await startTarget(cleanup);
  const server = await startServer(cleanup, ["--track", target.url, "--public-url", "http://status.example"]);
  const receiver = await tellEverything(cleanup, server);
  await target.set(503);
  const [told] = await receiver.until(1);
  const link = told.acknowledge.replace("http://status.example", server.url);
  for (const colorScheme of ["light", "dark"]) {
    const narrow = await openPage(cleanup, link, { stranger: true, colorScheme, viewport: { width: 320, height: 600 }, bypassCSP: true });
    await assertAccessible(narrow, `the page of a link, ${colorScheme}`);
    if (process.env.SHOTS) await narrow.screenshot({ path: `${process.env.SHOTS}/acknowledge-320-${colorScheme}.png` });
  }
  const page = await openPage(cleanup, link, { stranger: true, expected: /404/ });
  await page.getByRole("button", { name: "I know of it" }).click();
  await page.getByText("Somebody knows of it.").waitFor();
  assert.equal((await (await server.fetch("/v1/incidents/1")).json()).acknowledged_by, "a link sent to Ops hook");
  await page.goto(link.replace("incident=1", "incident=2"));
  await page.getByRole("heading", { name: /not/i }).first().waitFor();
});

test("a rule is tried on the past", async (cleanup) => {
  const target = await startTarget(cleanup);
  const server = await startServer(cleanup, ["--track", target.url]);
  const receiver = await tellEverything(cleanup, server);
  await target.set(503);
  await receiver.until(1);
  const page = await openPage(cleanup, `${server.url}/alerts/rule?id=1`, {});
  await page.getByRole("button", { name: "Try on the past" }).click();
  await page.getByRole("status").filter({ hasText: "would have told of 1 outage" }).waitFor();
  await page.getByLabel("Tags").fill("nobody");
  await page.getByRole("button", { name: "Try on the past" }).click();
  await page.getByRole("status").filter({ hasText: "would have told of nothing" }).waitFor();
  assert.equal(await page.getByLabel("Tags").inputValue(), "nobody");
});
