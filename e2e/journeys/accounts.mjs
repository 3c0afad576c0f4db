// Getting in, staying in, and what each role sees.

import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { HtmlValidate } from "html-validate";
import { assertAccessible } from "../lib/accessible.mjs";
import { openPage } from "../lib/browser.mjs";
import { ADMINISTRATOR, startServer } from "../lib/server.mjs";
import { startTarget } from "../lib/target.mjs";
import { test } from "../lib/test.mjs";

const { name, password } = ADMINISTRATOR;

async function signIn(page, given = ADMINISTRATOR) {
  await page.getByLabel("Name", { exact: true }).fill(given.name);
  await page.getByLabel("Password", { exact: true }).fill(given.password);
  await page.getByRole("button", { name: "Sign in" }).click();
}

/** What a phone shows now (RFC 6238). */
function oneTimeCode(base32, at = Date.now()) {
  const bits = [...base32].map((letter) => "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".indexOf(letter).toString(2).padStart(5, "0")).join("");
  const key = Buffer.from(bits.match(/.{8}/g).map((byte) => parseInt(byte, 2)));
  const step = Buffer.alloc(8);
  step.writeBigUInt64BE(BigInt(Math.floor(at / 30_000)));
  const hash = createHmac("sha1", key).update(step).digest();
  const number = hash.readUInt32BE(hash.at(-1) & 15) & 0x7fffffff;
  return String(number % 1_000_000).padStart(6, "0");
}

for (const javaScriptEnabled of [true, false]) {
  const how = javaScriptEnabled ? "with script" : "without script";
  const options = { javaScriptEnabled, stranger: true, expected: /422|401|preload/ };

  test(`a new server is set up and watches its first target, ${how}`, async (cleanup) => {
    const target = await startTarget(cleanup);
    const server = await startServer(cleanup, [], { account: null });
    const page = await openPage(cleanup, `${server.url}/t/5`, options);
    await page.waitForURL(/\/setup$/);
    await page.getByLabel("Your name").fill(name);
    await page.getByLabel("A password").fill("password1234");
    await page.getByRole("button", { name: "Start" }).click();
    await page.getByRole("alert").filter({ hasText: "easily guessed" }).waitFor();
    assert.equal(await page.getByLabel("Your name").inputValue(), name);
    await page.getByLabel("A password").fill(password);
    await page.getByRole("button", { name: "Start" }).click();
    await page.getByRole("heading", { name: "What should be watched?" }).waitFor();
    await page.locator("[name=url]").fill(target.url);
    await page.getByRole("button", { name: "Add" }).click();
    await page.locator(".row .name").first().waitFor();
    await page.goto(`${server.url}/settings/account`);
    await page.getByRole("button", { name: "Sign out" }).last().click();
    await page.waitForURL(/\/login$/);
    await page.goto(`${server.url}/t/1`);
    await page.waitForURL(/\/login\?next=%2Ft%2F1$/);
    await signIn(page, { name, password: "not the password" });
    await page.getByRole("alert").filter({ hasText: "do not belong together" }).waitFor();
    await signIn(page);
    await page.waitForURL(/\/t\/1$/);
  });

  test(`an administrator is led to two-factor sign-in where it is required, ${how}`, async (cleanup) => {
    const server = await startServer(cleanup);
    const page = await openPage(cleanup, `${server.url}/settings/general`, { ...options, stranger: false });
    await page.getByLabel("Two-factor sign-in required for administrators").check();
    await page.getByRole("button", { name: "Save rule" }).click();
    await page.waitForURL(/\/settings\/account#two-factor$/);
    await page.getByText("Administrators need two-factor sign-in here").waitFor();
    await page.getByRole("navigation", { name: "Settings" }).getByRole("link", { name: "Accounts" }).click();
    await page.waitForURL(/\/settings\/account#two-factor$/);
    await page.getByRole("button", { name: "Turn on…" }).click();
    const secret = (await page.getByText("type the secret into it").locator("code").innerText()).replaceAll(" ", "");
    await page.getByLabel("Code that it shows now").fill(oneTimeCode(secret));
    await page.getByRole("button", { name: "Turn on", exact: true }).click();
    await page.getByText("Your recovery codes").waitFor();
    await page.goto(`${server.url}/settings/general`);
    const rule = page.getByLabel("Two-factor sign-in required for administrators");
    assert.ok(await rule.isChecked());
    await rule.uncheck();
    await page.getByRole("button", { name: "Save rule" }).click();
    await page.getByText("Saved.").waitFor();
    assert.equal((await server.run(["user", "require-2fa", "on"])).code, 0);
  });

  test(`what was typed survives the end of a session, ${how}`, async (cleanup) => {
    const target = await startTarget(cleanup);
    const server = await startServer(cleanup, ["--track", target.url]);
    const page = await openPage(cleanup, `${server.url}/t/1/edit`, { ...options, stranger: false });
    await page.getByLabel("Name", { exact: true }).fill("Till <b>");
    await server.fetch("/api/sign_out", { method: "POST" });
    await page.getByRole("button", { name: "Save", exact: true }).click();
    await page.getByText("What you typed is kept").waitFor();
    await signIn(page);
    await page.getByText("Look it over and save again").waitFor();
    assert.equal(await page.getByLabel("Name", { exact: true }).inputValue(), "Till <b>");
    await page.getByRole("button", { name: "Save", exact: true }).click();
    await page.getByRole("heading", { level: 1, name: /Till <b>/ }).waitFor();
  });

  test(`a second factor is turned on and asked for, ${how}`, async (cleanup) => {
    const server = await startServer(cleanup);
    const page = await openPage(cleanup, `${server.url}/settings/account`, { ...options, stranger: false });
    await page.getByRole("button", { name: "Turn on…" }).click();
    await page.getByRole("img", { name: /QR code/ }).waitFor();
    const secret = (await page.locator(".steps code").textContent()).replaceAll(" ", "");
    await page.getByLabel("Code that it shows now").fill(oneTimeCode(secret, Date.now() - 30_000));
    await page.getByRole("button", { name: "Turn on", exact: true }).click();
    const codes = page.getByRole("status").filter({ hasText: "recovery codes" });
    const recovery = await codes.locator("code").first().textContent();
    await page.getByRole("button", { name: "Sign out" }).last().click();
    await page.waitForURL(/\/login$/);
    await signIn(page);
    await page.getByLabel("Code", { exact: true }).fill("000000");
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.getByRole("alert").filter({ hasText: "not valid now" }).waitFor();
    await page.getByLabel("Code", { exact: true }).fill(recovery.toLowerCase());
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.waitForURL((url) => url.pathname === "/");
  });
}

test("a page whose session has ended says so, and goes on after signing in elsewhere", async (cleanup) => {
  const target = await startTarget(cleanup);
  const server = await startServer(cleanup, ["--track", target.url]);
  const page = await openPage(cleanup, server.url, { expected: /401/ });
  await page.locator(".row .state", { hasText: "Up" }).waitFor();
  await page.locator("[name=url]").fill("what is being typed");
  await server.fetch("/api/sign_out", { method: "POST" });
  const banner = page.locator(".notice").getByText("Your session has ended.");
  await banner.waitFor();
  const other = await page.context().newPage();
  await other.goto(`${server.url}/login`);
  await signIn(other);
  await other.waitForURL((url) => url.pathname === "/");
  await other.close();
  await banner.waitFor({ state: "hidden" });
  assert.equal(await page.locator("[name=url]").inputValue(), "what is being typed");
});

test("accounts are made, changed and removed", async (cleanup) => {
  const server = await startServer(cleanup);
  const page = await openPage(cleanup, `${server.url}/settings/accounts`);
  await page.getByLabel("Name", { exact: true }).fill("Bob");
  await page.getByLabel("Password", { exact: true }).fill("seven green parrots");
  await page.getByRole("button", { name: "Make" }).click();
  const card = page.locator(".people > li", { hasText: "Bob" });
  await card.getByText("viewer · not signed in").waitFor();
  await card.getByLabel("Role").selectOption("editor");
  await card.getByRole("button", { name: "Change role" }).click();
  await card.getByText("editor · not signed in").waitFor();
  await card.getByText("Reset password…").click();
  await card.getByRole("button", { name: "Reset password", exact: true }).click();
  const made = await page.getByRole("status").locator("code").textContent();
  const bob = await openPage(cleanup, `${server.url}/login`, { stranger: true });
  await signIn(bob, { name: "bob", password: made });
  await bob.waitForURL((url) => url.pathname === "/");
  await page.goto(`${server.url}/settings/accounts`);
  await card.getByText("Remove…").click();
  await card.getByRole("button", { name: "Remove", exact: true }).click();
  await page.getByText("The account is removed").waitFor();
  await bob.goto(`${server.url}/settings/account`);
  await bob.waitForURL(/\/login/);
});

test("a token is shown once and lets a program in until it is revoked", async (cleanup) => {
  const server = await startServer(cleanup);
  const page = await openPage(cleanup, `${server.url}/settings/tokens`);
  await page.getByLabel("Name", { exact: true }).fill("Grafana");
  await page.getByRole("button", { name: "Make" }).click();
  const token = await page.getByRole("status").locator("code").last().textContent();
  const ask = () => fetch(`${server.url}/metrics`, { headers: { authorization: `Bearer ${token}` } });
  assert.equal((await ask()).status, 200);
  await page.goto(`${server.url}/settings/tokens`);
  assert.ok(!(await page.content()).includes(token));
  await page.getByText("Revoke…").click();
  await page.getByRole("button", { name: "Revoke", exact: true }).click();
  await page.getByText("There are none yet.").waitFor();
  assert.equal((await ask()).status, 401);
});

test("whoever looks without an account sees trackers and no controls", async (cleanup) => {
  const target = await startTarget(cleanup);
  const server = await startServer(cleanup, ["--track", target.url]);
  const settings = await openPage(cleanup, `${server.url}/settings/general`);
  await settings.getByLabel(/may look/).check();
  await settings.getByRole("button", { name: "Save", exact: true }).click();
  await settings.getByText("Saved.").waitFor();
  const page = await openPage(cleanup, server.url, { stranger: true });
  await page.locator(".row .state", { hasText: "Up" }).waitFor();
  assert.equal(await page.locator("form[method=post]").count(), 0, "nothing can be changed");
  await page.locator(".row .name").first().click();
  await page.getByRole("heading", { level: 1 }).waitFor();
  assert.equal(await page.locator("main form[method=post]").count(), 0, "nothing can be changed");
  await page.getByRole("link", { name: "Sign in" }).click();
  await page.waitForURL(/\/login/);
});

test("a viewer sees everything and may edit nothing", async (cleanup) => {
  const target = await startTarget(cleanup);
  const server = await startServer(cleanup, ["--track", target.url]);
  const viewer = { name: "Vera", password: "seven green parrots", role: "viewer" };
  await server.signIn(viewer);
  const page = await openPage(cleanup, server.url, { expected: /403/, viewport: { width: 320, height: 640 } });
  await page.locator(".row .state", { hasText: "Up" }).waitFor();
  assert.equal(await page.locator("main form[method=post]").count(), 0, "the list has no controls");
  await page.goto(`${server.url}/t/1`);
  await page.getByRole("heading", { level: 1 }).waitFor();
  assert.equal(await page.locator("main form[method=post]").count(), 0, "nor has the tracker");
  for (const path of ["/t/1/edit", "/t/new", "/edit?id=1", "/settings/accounts"]) {
    await page.goto(server.url + path);
    await page.getByRole("heading", { name: "Not allowed" }).waitFor();
  }
  const change = await server.fetch("/api/pause_tracker", { method: "POST", body: new URLSearchParams({ id: "1" }) });
  assert.equal(change.status, 403);
  await page.goto(`${server.url}/settings/account`);
  await page.getByText("You are Vera, viewer.").waitFor();
});

/** Pages for which nobody needs a tracker. */
async function openEach(cleanup, options, look) {
  const fresh = await startServer(cleanup, [], { account: null });
  const server = await startServer(cleanup);
  const made = await server.run(["user", "create", "A name that is as long as names may be, which is sixty now", "--role", "viewer"]);
  assert.equal(made.code, 0, made.output);
  const pages = ["/login", "/settings/account", "/settings/tokens", "/settings/general", "/settings/accounts", "/settings/about"];
  for (const url of [`${fresh.url}/setup`, ...pages.map((path) => server.url + path)]) {
    const page = await openPage(cleanup, url, { ...options, stranger: url.endsWith("/login") });
    await look(page, new URL(url).pathname, server);
    await page.close();
  }
}

for (const colorScheme of ["light", "dark"]) {
  test(`pages of accounts and settings are accessible and fit, ${colorScheme}`, async (cleanup) => {
    for (const width of [320, 768, 1280]) {
      await openEach(cleanup, { colorScheme, viewport: { width, height: 800 }, bypassCSP: true }, async (page, path) => {
        if (path === "/settings/account") await page.getByRole("button", { name: "Turn on…" }).click();
        for (const summary of await page.locator("main details > summary").all()) await summary.click();
        await assertAccessible(page, `${path} at ${width} px`);
        const small = await page.evaluate(() =>
          [...document.querySelectorAll("main :is(button, summary, select, input:not([type=hidden], [type=checkbox]))")]
            .filter((control) => control.getBoundingClientRect().height < 44)
            .map((control) => control.outerHTML),
        );
        assert.deepEqual(small, [], `${path} at ${width} px: every control is 44 px high`);
      });
    }
  });
}

test("the HTML of accounts and settings is valid", async (cleanup) => {
  const rules = { "void-style": "off", "long-title": "off", "no-trailing-whitespace": "off", "attr-quotes": "off", "doctype-style": "off", "require-sri": "off", "no-inline-style": "error" };
  const validate = new HtmlValidate({ extends: ["html-validate:standard"], rules });
  await openEach(cleanup, {}, async (page, path, server) => {
    const html = path === "/setup" || path === "/login" ? await (await fetch(page.url())).text() : await (await server.fetch(path)).text();
    const report = await validate.validateString(html);
    const found = report.results.flatMap((result) => result.messages.map((message) => `${message.ruleId}: ${message.message} (${message.line}:${message.column})`));
    assert.deepEqual(found, [], path);
  });
});
