// All that matters, without a pointer.

import assert from "node:assert/strict";
import { openPage } from "../lib/browser.mjs";
import { ADMINISTRATOR, startServer } from "../lib/server.mjs";
import { startTarget } from "../lib/target.mjs";
import { test } from "../lib/test.mjs";

/** Presses Tab until what has the focus matches, as somebody without a pointer would. What has it is seen. */
async function tabTo(page, selector, text) {
  for (let stop = 0; stop < 80; stop += 1) {
    const found = await page.evaluate(
      ({ selector, text }) => {
        const focused = document.activeElement;
        return focused.matches(selector) && (!text || focused.textContent.trim() === text || focused.value === text);
      },
      { selector, text },
    );
    if (found) {
      const seen = await page.evaluate(() => {
        // Some have their mark around them: the field of the paste box, the row of a link.
        const { activeElement } = document;
        return [activeElement, activeElement.parentElement, activeElement.closest(".row")].some((element) => {
          const style = element && getComputedStyle(element);
          return style && (style.outlineStyle !== "none" || style.boxShadow !== "none");
        });
      });
      assert.ok(seen, `${selector} ${text ?? ""} shows that it has the focus`);
      return;
    }
    await page.keyboard.press("Tab");
  }
  const end = await page.evaluate(() => document.activeElement.outerHTML.slice(0, 200));
  assert.fail(`no ${selector} ${text ?? ""} by the Tab key; it ended on ${end}`);
}

test("without a pointer: sign in, add, open, pause, delete, undo", async (cleanup) => {
  const target = await startTarget(cleanup);
  const server = await startServer(cleanup);
  const page = await openPage(cleanup, server.url, { stranger: true });
  await page.waitForURL(/\/login/);
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  assert.equal(await page.evaluate(() => document.activeElement.id), "main", "the first stop skips to the content");
  await tabTo(page, "[name=name]");
  await page.keyboard.type(ADMINISTRATOR.name);
  await tabTo(page, "[name=password]");
  await page.keyboard.type(ADMINISTRATOR.password);
  await tabTo(page, ".reveal");
  await page.keyboard.press("Space");
  assert.equal(await page.locator("[name=password]").getAttribute("type"), "text");
  await tabTo(page, "button", "Sign in");
  await page.keyboard.press("Enter");

  await page.getByRole("heading", { name: "What should be watched?" }).waitFor();
  await page.waitForResponse(/\/api\/live/);
  await tabTo(page, "[name=url]");
  await page.keyboard.type(target.url);
  await tabTo(page, "button", "Add");
  await page.keyboard.press("Enter");
  await page.locator(".row .name").waitFor();
  await tabTo(page, ".row .name, .row .name a");
  await page.keyboard.press("Enter");
  await page.waitForURL(/\/t\/1$/);
  await page.waitForResponse(/\/api\/live/);
  await tabTo(page, "button", "Pause");
  await page.keyboard.press("Enter");
  await page.locator(".badge", { hasText: "Paused" }).waitFor();
  await tabTo(page, ".actions .menu > summary");
  await page.keyboard.press("Enter");
  await tabTo(page, "button", "Delete");
  await page.keyboard.press("Enter");
  await page.getByText("What should be watched?").waitFor();
  await tabTo(page, ".notice button", "Undo");
  await page.keyboard.press("Enter");
  await page.locator(".row .name").waitFor();
});
