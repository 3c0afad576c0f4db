// What holds for every page: accessible, valid, no sideways scrolling, in light and dark, from phone to desk.

import assert from "node:assert/strict";
import { HtmlValidate } from "html-validate";
import { assertAccessible } from "../lib/accessible.mjs";
import { openPage } from "../lib/browser.mjs";
import { startServer } from "../lib/server.mjs";
import { startTarget } from "../lib/target.mjs";
import { test } from "../lib/test.mjs";

async function serverWithTrouble(cleanup) {
  const [up, down] = [await startTarget(cleanup), await startTarget(cleanup, 503)];
  const server = await startServer(cleanup, ["--track", up.url, "--track", down.url]);
  const page = await openPage(cleanup, server.url);
  await page.locator(".row .state", { hasText: "Down" }).waitFor();
  return server;
}

/** Many to be edited, with a preview. */
const EDIT_MANY = "/edit?id=1&id=2&set=every&every=5m&set=group&group=Home&preview=1";

for (const colorScheme of ["light", "dark"]) {
  test(`pages are accessible and fit at 320, 768 and 1280 px, ${colorScheme}`, async (cleanup) => {
    const server = await serverWithTrouble(cleanup);
    for (const width of [320, 768, 1280]) {
      for (const path of ["/", "/?state=down&density=compact", "/?q=nothing", "/t/1", "/t/2", "/t/1/edit", EDIT_MANY, "/t/99"]) {
        const options = { colorScheme, viewport: { width, height: 800 }, bypassCSP: true, expected: /404/ };
        const page = await openPage(cleanup, server.url + path, options);
        const place = `${path} at ${width} px`;
        await assertAccessible(page, place);
        await page.close();
      }
    }
  });
}

/** Everything that opens, open; and what is done, undoable. */
async function openEverything(page, path) {
  await page.waitForResponse(/\/api\/live/);
  if (path === "/") {
    await page.locator(".row .menu > summary").last().click();
    await page.getByRole("button", { name: "Pause", exact: true }).last().click();
    await page.locator(".toast").waitFor();
    await page.locator(".pick > input").first().check();
  } else {
    await page.getByText("Show the 60 checks as a table").click();
    await page.locator("[role=slider]").focus();
  }
  await page.locator(".bar").first().click();
  await page.locator("#tip").waitFor();
  await page.locator(".menu > summary").last().evaluate((summary) => (summary.parentElement.open = true));
}

for (const colorScheme of ["light", "dark"]) {
  test(`what opens is accessible and fits, ${colorScheme}`, async (cleanup) => {
    const server = await serverWithTrouble(cleanup);
    for (const width of [320, 768, 1280]) {
      for (const path of ["/", "/t/2"]) {
        const options = { colorScheme, viewport: { width, height: 800 }, bypassCSP: true };
        const page = await openPage(cleanup, server.url + path, options);
        await openEverything(page, path);
        const place = `${path} at ${width} px`;
        await assertAccessible(page, place);
        if (path === "/") await page.locator(".toast").first().getByRole("button", { name: "Undo" }).click();
        await page.close();
      }
    }
  });
}

test("a wide screen, forced colours and still pictures are no trouble", async (cleanup) => {
  const server = await serverWithTrouble(cleanup);
  for (const path of ["/", "/t/2"]) {
    const options = { viewport: { width: 1920, height: 1080 }, forcedColors: "active", reducedMotion: "reduce" };
    const page = await openPage(cleanup, server.url + path, options);
    await page.waitForResponse(/\/api\/live/);
    const seen = await page.evaluate(() => {
      const shape = getComputedStyle(document.querySelector(".bar path.d"));
      return {
        sideways: document.documentElement.scrollWidth - window.innerWidth,
        fill: shape.fill,
        text: getComputedStyle(document.body).color,
        moving: document.getAnimations().length,
      };
    });
    assert.ok(seen.sideways <= 0, `${path} is ${seen.sideways} px too wide`);
    assert.equal(seen.fill, seen.text, "in forced colours shapes have the text's");
    assert.equal(seen.moving, 0, "nothing moves");
  }
});

test("the first page of an empty server is accessible and fits", async (cleanup) => {
  const server = await startServer(cleanup);
  for (const width of [320, 768, 1280]) {
    const page = await openPage(cleanup, server.url, { viewport: { width, height: 800 }, bypassCSP: true });
    await assertAccessible(page, `${width} px`);
  }
});

test("the HTML is valid", async (cleanup) => {
  const server = await serverWithTrouble(cleanup);
  const validate = new HtmlValidate({
    extends: ["html-validate:standard"],
    rules: {
      // Leptos writes its own elements and comments this way; browsers read both forms alike.
      "void-style": "off",
      "no-inline-style": "error",
      "no-trailing-whitespace": "off",
      "attr-quotes": "off",
      "doctype-style": "off",
      "require-sri": "off",
    },
  });
  for (const path of ["/", "/?q=nothing&tag=a&group=b", EDIT_MANY, "/edit?id=1&do=tag", "/t/1", "/t/2", "/t/1/edit", "/t/new", "/t/new?from=1", "/t/2?reach=7d&at=2026-11-23T14:03", "/t/2?at=never", "/t/99"]) {
    const html = await (await server.fetch(path)).text();
    const report = await validate.validateString(html);
    const found = report.results.flatMap((result) => result.messages.map((message) => `${message.ruleId}: ${message.message} (${message.line}:${message.column})`));
    assert.deepEqual(found, [], path);
  }
});
