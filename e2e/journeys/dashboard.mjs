// The list as a dashboard: groups, filters by address, rows chosen and changed together; with and without script.

import assert from "node:assert/strict";
import { assertAccessible } from "../lib/accessible.mjs";
import { openPage } from "../lib/browser.mjs";
import { startServer } from "../lib/server.mjs";
import { startTarget } from "../lib/target.mjs";
import { test } from "../lib/test.mjs";

async function add(server, settings) {
  const headers = { "content-type": "application/json" };
  const body = JSON.stringify({ every: 1, retries: 0, ...settings });
  const reply = await server.fetch("/v1/trackers", { method: "POST", headers, body });
  assert.equal(reply.status, 201, await reply.text());
}

/** Five trackers: two groups and one in none; NAS is down. */
async function serverWithGroups(cleanup) {
  const [up, down] = [await startTarget(cleanup), await startTarget(cleanup, 503)];
  const server = await startServer(cleanup);
  await add(server, { url: `${up.url}shop`, name: "Shop", group: "Production", tags: ["prod", "web"] });
  await add(server, { url: `${up.url}api`, name: "Api", group: "Production", tags: ["prod"] });
  await add(server, { url: `${up.url}wiki`, name: "Wiki", group: "Home lab", tags: ["web"] });
  await add(server, { url: `${down.url}nas`, name: "NAS", group: "Home lab" });
  await add(server, { url: `${up.url}loose`, name: "Loose" });
  for (;;) {
    const trackers = await (await server.fetch("/v1/trackers")).json();
    if (trackers.every(({ status }) => status === "up" || status === "down")) break;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return Object.assign(server, { down });
}

const names = (page) => page.locator(".row .name").allInnerTexts();
const box = (page, name) => page.getByRole("checkbox", { name: `Select ${name}`, exact: true });
const bar = (page) => page.getByRole("form", { name: "Chosen trackers" });

for (const javaScriptEnabled of [true, false]) {
  const how = javaScriptEnabled ? "with script" : "without script";
  // A browser without script complains that what it fetched early is not used.
  const options = { javaScriptEnabled, expected: javaScriptEnabled ? undefined : /preload/ };

  test(`the list is filtered, sorted and linked to, ${how}`, async (cleanup) => {
    const server = await serverWithGroups(cleanup);
    const page = await openPage(cleanup, server.url, options);
    assert.deepEqual(await page.locator(".group h2").allInnerTexts(), ["Home lab", "Production", "No group"]);
    assert.deepEqual(await names(page), ["Wiki", "NAS", "Shop", "Api", "Loose"]);
    assert.match(await page.locator(".group > summary").first().innerText(), /1\/2 up · 1 down/);
    await page.getByRole("link", { name: /^Down 1/ }).click();
    assert.equal(new URL(page.url()).search, "?state=down");
    assert.deepEqual(await names(page), ["NAS"]);
    await page.getByRole("link", { name: "Clear filters" }).click();
    await page.getByRole("searchbox").fill("shop");
    await page.keyboard.press("Enter");
    await page.waitForURL(/q=shop/);
    assert.deepEqual(await names(page), ["Shop"]);
    await page.goto(`${server.url}/?tag=web&sort=name&density=compact`);
    assert.deepEqual(await names(page), ["Wiki", "Shop"]);
    assert.equal(await page.getByRole("combobox", { name: "Sort" }).inputValue(), "name");
    await page.getByRole("combobox", { name: "Group" }).selectOption("Home lab");
    if (!javaScriptEnabled) await page.getByRole("button", { name: "Apply" }).click();
    await page.waitForURL(/group=Home/);
    assert.deepEqual(await names(page), ["Wiki"]);
    assert.match(page.url(), /tag=web.*density=compact/, "the other filters stay");
    await page.goto(`${server.url}/?q=nothing&state=paused`);
    assert.match(await page.locator("#nothing").innerText(), /Nothing matches “nothing” \+ paused\./);
    await page.locator("#nothing").getByRole("link", { name: "Clear filters" }).click();
    assert.equal((await names(page)).length, 5);
  });

  test(`chosen trackers are paused together, and that is undone, ${how}`, async (cleanup) => {
    const server = await serverWithGroups(cleanup);
    const page = await openPage(cleanup, `${server.url}/?sort=name`, options);
    if (javaScriptEnabled) await page.waitForResponse(/\/api\/live/);
    assert.ok(!(await bar(page).isVisible()), "nothing is chosen, nothing is offered");
    await box(page, "Shop").check();
    await box(page, "Wiki").check();
    await bar(page).getByRole("button", { name: "Pause", exact: true }).click();
    const notice = page.locator("#done");
    assert.match(await notice.innerText(), /2 trackers are paused\./);
    assert.match(page.url(), /\?sort=name&undo=/);
    assert.equal(await page.locator(".row .state", { hasText: "Paused" }).count(), 2);
    await notice.getByRole("button", { name: "Undo" }).click();
    assert.equal(await page.locator(".row .state", { hasText: "Paused" }).count(), 0);
    assert.equal(new URL(page.url()).search, "?sort=name");
  });

  test(`chosen trackers are edited after a preview, and that is undone, ${how}`, async (cleanup) => {
    const server = await serverWithGroups(cleanup);
    const page = await openPage(cleanup, server.url, options);
    if (javaScriptEnabled) await page.waitForResponse(/\/api\/live/);
    for (const name of ["Shop", "Api", "NAS"]) await box(page, name).check();
    await bar(page).getByRole("button", { name: "Edit…" }).click();
    await page.getByRole("heading", { level: 1, name: "Edit 3 trackers" }).waitFor();
    assert.ok(!(await page.getByLabel("Every: value").isVisible()), "only what is chosen is open");
    await page.getByLabel("Every", { exact: true }).check();
    await page.getByLabel("Every: value").fill("nonsense");
    await page.getByRole("button", { name: "Preview" }).click();
    await page.getByRole("alert").waitFor();
    assert.equal(await page.getByLabel("Every: value").getAttribute("aria-invalid"), "true");
    await page.getByLabel("Every: value").fill("30s");
    await page.getByLabel("Add tags", { exact: true }).check();
    await page.getByLabel("Add tags: value").fill("EU");
    await page.getByRole("button", { name: "Preview" }).click();
    const preview = page.locator("#preview");
    assert.match(await preview.innerText(), /3 trackers: Every 1s → 30s/);
    await preview.getByRole("button", { name: "Change 3 trackers" }).click();
    assert.match(await page.locator("#done").innerText(), /3 trackers are changed\./);
    assert.equal(await page.locator(".row .tags > span", { hasText: "eu" }).count(), 3);
    await page.locator("#done").getByRole("button", { name: "Undo" }).click();
    assert.equal(await page.locator(".row .tags > span", { hasText: "eu" }).count(), 0);
    const trackers = await (await server.fetch("/v1/trackers")).json();
    assert.deepEqual(trackers.map(({ every }) => every), [1, 1, 1, 1, 1]);
  });

  test(`rows are moved by their menu, ${how}`, async (cleanup) => {
    const server = await serverWithGroups(cleanup);
    const page = await openPage(cleanup, `${server.url}/?group=Production`, options);
    assert.deepEqual(await names(page), ["Shop", "Api"]);
    await page.locator("#row-1 .menu > summary").click();
    await page.locator("#row-1").getByRole("button", { name: "Move down" }).click();
    await page.waitForURL(/#row-1$/);
    assert.deepEqual(await names(page), ["Api", "Shop"]);
  });
}

test("a range is chosen with Shift, counted, and let go", async (cleanup) => {
  const server = await serverWithGroups(cleanup);
  const page = await openPage(cleanup, server.url);
  await page.waitForResponse(/\/api\/live/);
  await box(page, "NAS").click();
  await box(page, "Loose").click({ modifiers: ["Shift"] });
  assert.match(await bar(page).locator("b").innerText(), /^4\s+selected$/);
  await box(page, "Api").click({ modifiers: ["Shift"] });
  assert.match(await bar(page).locator("b").innerText(), /^2\s+selected$/, "a range is let go the same way");
  await bar(page).getByRole("button", { name: "Clear selection" }).click();
  await bar(page).waitFor({ state: "hidden" });
  assert.equal(await page.locator(".pick > :checked").count(), 0);
});

test("what is chosen stays chosen, and counts stay true, while the page goes on", async (cleanup) => {
  const server = await serverWithGroups(cleanup);
  const page = await openPage(cleanup, `${server.url}/?group=Production`);
  await page.waitForResponse(/\/api\/live/);
  await box(page, "Shop").check();
  const alarm = page.locator(".alarm li", { hasText: "NAS" });
  await alarm.waitFor();
  await server.down.set(200);
  await alarm.waitFor({ state: "detached" });
  await page.getByRole("link", { name: /^Up 2/ }).waitFor();
  await add(server, { url: `${server.down.url}new`, name: "New", group: "Production" });
  await page.locator(".row .name", { hasText: "New" }).waitFor();
  assert.ok(await box(page, "Shop").isChecked());
  await page.locator(".group > summary", { hasText: "3/3 up" }).waitFor();
  await page.getByRole("link", { name: /^Up 3/ }).waitFor();
});

test("on a phone everything is there and nothing is too wide", async (cleanup) => {
  const server = await serverWithGroups(cleanup);
  const options = { viewport: { width: 320, height: 640 }, hasTouch: true, isMobile: true };
  const page = await openPage(cleanup, server.url, options);
  await page.waitForResponse(/\/api\/live/);
  await box(page, "Shop").tap();
  const buttons = await bar(page).getByRole("button").all();
  for (const button of buttons) {
    const size = await button.boundingBox();
    if (size) assert.ok(size.width >= 43.9 && size.height >= 43.9, JSON.stringify(size));
  }
  const shown = await bar(page).boundingBox();
  assert.ok(shown.x >= 0 && shown.x + shown.width <= 320 && shown.y + shown.height <= 640, JSON.stringify(shown));
  assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), 320);
  await bar(page).getByRole("button", { name: "Delete" }).tap();
  await page.locator("#done", { hasText: "Shop is deleted." }).waitFor();
  assert.equal(await page.locator(".row").count(), 4);
  await page.locator("#done").getByRole("button", { name: "Undo" }).tap();
  await box(page, "Shop").waitFor();
});

test("keys lead from row to row and act on them; while typing they are letters", async (cleanup) => {
  const server = await serverWithGroups(cleanup);
  const page = await openPage(cleanup, server.url);
  await page.waitForResponse(/\/api\/live/);
  const focused = () => page.evaluate(() => document.activeElement.textContent.trim());
  await page.keyboard.press("j");
  assert.equal(await focused(), "Wiki");
  await page.keyboard.press("j");
  await page.keyboard.press("j");
  await page.keyboard.press("k");
  assert.equal(await focused(), "NAS");
  await page.keyboard.press("x");
  await page.keyboard.press("j");
  await page.keyboard.press("j");
  await page.keyboard.press("Shift+X");
  assert.match(await bar(page).locator("b").innerText(), /^3\s+selected$/);
  await page.keyboard.press("p");
  await page.locator("#row-2 .state", { hasText: "Paused" }).waitFor();
  await page.keyboard.press("/");
  await page.keyboard.type("jx?n");
  assert.equal(await page.getByRole("searchbox").inputValue(), "jx?n");
  await page.keyboard.press("Escape");
  await page.keyboard.press("?");
  const help = page.getByRole("dialog", { name: "Keyboard" });
  await help.getByText("Open the tracker").waitFor();
  await help.getByLabel("Use these keys").uncheck();
  await page.keyboard.press("Escape");
  await help.waitFor({ state: "hidden" });
  await page.keyboard.press("n");
  assert.notEqual(await page.evaluate(() => document.activeElement.id), "url", "keys are off");
  await page.reload();
  await page.waitForResponse(/\/api\/live/);
  await page.getByRole("button", { name: "Keyboard" }).click();
  assert.ok(!(await help.getByLabel("Use these keys").isChecked()), "that is remembered");
  await help.getByLabel("Use these keys").check();
  await help.getByRole("button", { name: "Close" }).click();
  await page.locator("#row-2 .name").focus();
  await page.keyboard.press("x");
  await page.keyboard.press("Escape");
  assert.equal(await page.locator(".pick > :checked").count(), 0);
  await page.keyboard.press("P");
  await page.waitForURL(/\/pause\?id=2$/);
  await page.goBack();
  await page.waitForResponse(/\/api\/live/);
  await page.locator("#row-2 .name").focus();
  await page.keyboard.press("e");
  await page.waitForURL(/\/t\/2\/edit$/);
  await page.getByLabel("Name", { exact: true }).fill("Api 2");
  await page.keyboard.press("Control+s");
  await page.waitForURL(/\/t\/2$/);
  await page.getByRole("heading", { level: 1, name: /^Api 2/ }).waitFor();
});

test("a name that is typed leads from anywhere to its tracker", async (cleanup) => {
  const server = await serverWithGroups(cleanup);
  const page = await openPage(cleanup, server.url, { bypassCSP: true });
  await page.waitForResponse(/\/api\/live/);
  const jump = page.getByRole("dialog", { name: "Jump to" });
  await page.keyboard.press("Control+k");
  await page.waitForFunction(() => document.querySelectorAll("#jump-names > option").length > 5);
  const offered = await page.locator("#jump-names > option").evaluateAll((all) => all.map((option) => option.value));
  assert.deepEqual(offered.slice(0, 6), ["Api", "Loose", "NAS", "Shop", "Wiki", "Trackers"]);
  await assertAccessible(page, "the box to jump by");
  await page.keyboard.type("shop");
  await page.keyboard.press("Enter");
  await page.waitForURL(/\/t\/1$/);
  await page.waitForResponse(/\/api\/live/);
  await page.keyboard.press("p");
  await page.locator("h1 .badge", { hasText: "Paused" }).waitFor();
  await page.keyboard.press("Control+k");
  await jump.getByRole("searchbox").or(jump.getByRole("combobox")).fill("example.org");
  await page.keyboard.press("Enter");
  await page.waitForURL(/\/\?q=example.org$/);
  await page.goto(`${server.url}/t/1`);
  await page.waitForResponse(/\/api\/live/);
  await page.keyboard.press("g");
  await page.keyboard.press("d");
  await page.waitForURL(`${server.url}/`);
});

test("all rows of the page are chosen with one button", async (cleanup) => {
  const server = await serverWithGroups(cleanup);
  const page = await openPage(cleanup, server.url);
  await page.waitForResponse(/\/api\/live/);
  await box(page, "Shop").check();
  await page.getByRole("button", { name: "Select all" }).click();
  assert.match(await bar(page).locator("b").innerText(), /^5\s+selected$/);
});

test("a row is dragged to another place of its group", async (cleanup) => {
  const server = await serverWithGroups(cleanup);
  const page = await openPage(cleanup, server.url);
  await page.waitForResponse(/\/api\/live/);
  await page.locator("#row-2 .pick").dragTo(page.locator("#row-1"));
  await page.waitForFunction(() => [...document.querySelectorAll(".row .name")].map((name) => name.textContent).join() === "Wiki,NAS,Api,Shop,Loose");
  await page.locator("#row-2 .pick").dragTo(page.locator("#row-3"));
  await page.reload();
  assert.deepEqual(await names(page), ["Wiki", "NAS", "Api", "Shop", "Loose"], "not into another group");
});
