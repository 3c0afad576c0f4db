// What holds for every page: accessible, valid, no sideways scrolling, in light and dark, from phone to desk.

import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { readFile } from "node:fs/promises";
import { HtmlValidate } from "html-validate";
import { openPage } from "../lib/browser.mjs";
import { startServer } from "../lib/server.mjs";
import { startTarget } from "../lib/target.mjs";
import { test } from "../lib/test.mjs";

const axe = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

async function serverWithTrouble(cleanup) {
  const [up, down] = [await startTarget(cleanup), await startTarget(cleanup, 503)];
  const server = await startServer(cleanup, ["--track", up.url, "--track", down.url]);
  const page = await openPage(cleanup, server.url);
  await page.locator(".row .state", { hasText: "Down" }).waitFor();
  return server;
}

async function violations(page) {
  await page.evaluate(axe);
  const found = await page.evaluate(() => window.axe.run(document, { resultTypes: ["violations"] }));
  return found.violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(" | ")}`);
}

for (const colorScheme of ["light", "dark"]) {
  test(`pages are accessible and fit at 320, 768 and 1280 px, ${colorScheme}`, async (cleanup) => {
    const server = await serverWithTrouble(cleanup);
    for (const width of [320, 768, 1280]) {
      for (const path of ["/", "/t/1", "/t/2", "/t/99"]) {
        const options = { colorScheme, viewport: { width, height: 800 }, bypassCSP: true, expected: /404/ };
        const page = await openPage(cleanup, server.url + path, options);
        const place = `${path} at ${width} px`;
        assert.deepEqual(await violations(page), [], place);
        const sideways = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
        assert.ok(sideways <= 0, `${place} is ${sideways} px too wide`);
        await page.close();
      }
    }
  });
}

test("the first page of an empty server is accessible and fits", async (cleanup) => {
  const server = await startServer(cleanup);
  for (const width of [320, 1280]) {
    const page = await openPage(cleanup, server.url, { viewport: { width, height: 800 }, bypassCSP: true });
    assert.deepEqual(await violations(page), [], `${width} px`);
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
  for (const path of ["/", "/t/1", "/t/99"]) {
    const html = await (await fetch(server.url + path)).text();
    const report = await validate.validateString(html);
    const found = report.results.flatMap((result) => result.messages.map((message) => `${message.ruleId}: ${message.message} (${message.line}:${message.column})`));
    assert.deepEqual(found, [], path);
  }
});
