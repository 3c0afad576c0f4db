// Settings of the installation: data and backups, tags, defaults, trackers as files.

import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { assertAccessible } from "../lib/accessible.mjs";
import { openPage } from "../lib/browser.mjs";
import { startServer } from "../lib/server.mjs";
import { startTarget } from "../lib/target.mjs";
import { test } from "../lib/test.mjs";

/** Waits until a server has noticed what the command line added. */
async function noticed(server, count) {
  for (let tries = 0; tries < 100; tries += 1) {
    const trackers = await (await server.fetch("/v1/trackers")).json();
    if (trackers.length === count) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`the server never noticed ${count} trackers`);
}

for (const javaScriptEnabled of [true, false]) {
  const how = javaScriptEnabled ? "with script" : "without script";
  const options = { javaScriptEnabled, expected: javaScriptEnabled ? /422/ : /422|preload/ };

  test(`a backup is made, taken away and deleted, ${how}`, async (cleanup) => {
    const target = await startTarget(cleanup);
    const server = await startServer(cleanup, ["--track", target.url, "--keep-evidence", "14d"]);
    const page = await openPage(cleanup, `${server.url}/settings/account`, options);
    await page.getByRole("navigation", { name: "Settings" }).getByRole("link", { name: "Data" }).click();
    await page.getByRole("button", { name: "Back up now" }).click();
    await page.getByRole("status").filter({ hasText: "The backup is made." }).waitFor();
    const row = page.getByRole("row").filter({ hasText: "by hand" });
    const [download] = await Promise.all([page.waitForEvent("download"), row.getByRole("link").click()]);
    assert.match(download.suggestedFilename(), /^by-hand-.*\.db$/);
    const bytes = await readFile(await download.path());
    assert.equal(bytes.subarray(0, 15).toString(), "SQLite format 3");
    await row.getByText("Delete…").click();
    await row.getByRole("button", { name: "Delete", exact: true }).click();
    await page.getByRole("status").filter({ hasText: "The backup is deleted." }).waitFor();
    assert.equal(await row.count(), 0);
    // The server itself made one when it started.
    await page.getByRole("row").filter({ hasText: "daily" }).waitFor();

    assert.ok(await page.getByLabel("What failures showed").isDisabled(), "the command line says that");
    await page.getByLabel("Each check").fill("soon");
    await page.getByRole("button", { name: "Save" }).click();
    await page.getByRole("alert").filter({ hasText: "A time from 1d" }).waitFor();
    await page.getByLabel("Each check").fill("30d");
    await page.getByRole("button", { name: "Save" }).click();
    await page.getByRole("status").filter({ hasText: "Saved." }).waitFor();
    assert.equal(await page.getByLabel("Each check").inputValue(), "30d");
  });

  test(`tags are renamed, merged after a question, and deleted, ${how}`, async (cleanup) => {
    const target = await startTarget(cleanup);
    const server = await startServer(cleanup);
    for (const [name, tag] of [["Shop", "prod"], ["Mail", "live"]]) {
      const added = await server.run(["add", target.url, "--name", name, "--tag", tag, "--group", "Home"]);
      assert.equal(added.code, 0, added.output);
    }
    await noticed(server, 2);
    const page = await openPage(cleanup, `${server.url}/settings/tags`, options);
    const row = (name) => page.getByRole("listitem").filter({ has: page.getByRole("link", { name: new RegExp(`^${name} `) }) });
    await row("prod").getByText("Rename…").click();
    await row("prod").getByLabel("New name").fill("live");
    await row("prod").getByRole("button", { name: "Rename" }).click();
    await page.getByRole("alert").filter({ hasText: "1 tracker has the tag live already" }).waitFor();
    await page.getByRole("button", { name: "Merge into live" }).click();
    await row("live").getByText("2 trackers").first().waitFor();
    assert.equal(await row("prod").count(), 0);
    await page.getByRole("button", { name: "Undo" }).click();
    await row("prod").waitFor();
    await row("Home").getByText("Delete…").click();
    await row("Home").getByRole("button", { name: "Delete", exact: true }).click();
    await page.getByRole("status").filter({ hasText: "2 trackers are changed." }).waitFor();
    await row("prod").getByRole("link").click();
    await page.waitForURL(/\/\?tag=prod$/);
    await page.getByRole("link", { name: "Shop" }).first().waitFor();
  });

  test(`trackers follow their defaults, ${how}`, async (cleanup) => {
    const target = await startTarget(cleanup);
    const server = await startServer(cleanup);
    await server.run(["add", target.url, "--name", "Usual"]);
    await server.run(["add", target.url, "--name", "Own", "--every", "5m"]);
    await noticed(server, 2);
    const page = await openPage(cleanup, `${server.url}/settings/defaults`, options);
    await page.getByLabel("Every", { exact: true }).fill("0");
    await page.getByRole("button", { name: "Save" }).click();
    await page.getByRole("alert").filter({ hasText: "An interval is" }).waitFor();
    await page.getByLabel("Every", { exact: true }).fill("10m");
    await page.getByRole("button", { name: "Save" }).click();
    await page.getByRole("status").filter({ hasText: "Saved." }).waitFor();
    const trackers = await (await server.fetch("/v1/trackers")).json();
    assert.deepEqual(trackers.map(({ every }) => every), [600, 300]);
    await page.goto(`${server.url}/t/1/edit`);
    assert.equal(await page.getByLabel("Every", { exact: true }).getAttribute("placeholder"), "10m (default)");
  });
}

test("trackers go from one installation to another as a file", async (cleanup) => {
  const target = await startTarget(cleanup);
  const server = await startServer(cleanup);
  await server.run(["add", target.url, "--name", "Shop", "--tag", "prod", "--every", "5m"]);
  await noticed(server, 1);
  const page = await openPage(cleanup, `${server.url}/t/1`);
  await page.locator("summary[aria-label='More actions for Shop']").click();
  const link = page.getByRole("link", { name: "Export as TOML" });
  const [download] = await Promise.all([page.waitForEvent("download"), link.click()]);
  assert.equal(download.suggestedFilename(), "tracker-1.toml");
  const other = await startServer(cleanup);
  const file = join(other.dataDir, "trackers.toml");
  await writeFile(file, await readFile(await download.path()));
  const imported = await other.run(["import", "toml", file]);
  assert.equal(imported.code, 0, imported.output);
  assert.match(imported.output, /1 added, 0 changed, 0 as before/);
  const [here, there] = await Promise.all([server, other].map((each) => each.run(["export"])));
  assert.equal(there.output, here.output);
});

for (const colorScheme of ["light", "dark"]) {
  for (const width of [320, 1280]) {
    test(`settings of the installation are accessible and fit in ${colorScheme} at ${width} px`, async (cleanup) => {
      const server = await startServer(cleanup);
      await server.run(["add", "http://127.0.0.1:9/", "--tag", "a".repeat(30), "--tag", "prod", "--group", "Home lab"]);
      await noticed(server, 1);
      const viewport = { width, height: 900 };
      const page = await openPage(cleanup, `${server.url}/settings/data`, { bypassCSP: true, colorScheme, viewport });
      await page.getByRole("button", { name: "Back up now" }).click();
      await page.getByRole("status").filter({ hasText: "The backup is made." }).waitFor();
      const shots = process.env.SHOTS;
      for (const section of ["data", "tags", "defaults"]) {
        await page.goto(`${server.url}/settings/${section}`);
        await page.evaluate(() => document.querySelectorAll(".labels details, .table details").forEach((fold) => (fold.open = true)));
        await assertAccessible(page, section);
        if (shots) await page.screenshot({ path: join(shots, `${section}-${colorScheme}-${width}.png`), fullPage: true });
      }
    });
  }
}
