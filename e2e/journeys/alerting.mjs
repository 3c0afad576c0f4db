// Incidents, and who is told of them: set up through the pages, told once, acknowledged, over.

import assert from "node:assert/strict";
import { HtmlValidate } from "html-validate";
import { assertAccessible } from "../lib/accessible.mjs";
import { openPage } from "../lib/browser.mjs";
import { startMailbox } from "../lib/mailbox.mjs";
import { startReceiver } from "../lib/receiver.mjs";
import { startServer } from "../lib/server.mjs";
import { startTarget } from "../lib/target.mjs";
import { test } from "../lib/test.mjs";

const SECRET = "whsec_MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=";

/** Fills the form of a new webhook from the page that has none yet. */
async function fillWebhook(page, server, receiver) {
  await page.goto(`${server.url}/alerts`);
  await page.getByRole("heading", { name: "Where should messages go?" }).waitFor();
  await page.getByRole("link", { name: /^Webhook/ }).click();
  await page.waitForURL(/\/alerts\/channel\?kind=webhook$/);
  await page.getByLabel("Name", { exact: true }).fill("Ops hook");
  await page.getByLabel("Address").fill(receiver.url);
  await page.getByLabel("Signing secret").fill(SECRET);
}

/** Adds a mail channel, and has the only rule tell it, too. */
async function addMail(page, server, mailbox) {
  await page.goto(`${server.url}/alerts/channel?kind=mail`);
  await page.getByLabel("Name", { exact: true }).fill("Mail");
  await page.getByLabel("Server").fill("127.0.0.1");
  await page.getByLabel("Encryption").selectOption("none");
  await page.getByLabel("Port").fill(String(mailbox.port));
  await page.getByLabel("From").fill("tracker@shop.example");
  await page.getByLabel("To", { exact: true }).fill("ops@shop.example");
  await page.getByRole("button", { name: "Save" }).click();
  await page.waitForURL(/\/alerts\?done=/);
  await page.goto(`${server.url}/alerts/rule?id=1`);
  await page.getByLabel("Mail").check();
  await page.getByRole("button", { name: "Save" }).click();
  await page.waitForURL(/\/alerts\?done=/);
}

/** Reloads until the page shows a text; nothing on these pages moves by itself. */
async function reloadUntil(page, text) {
  const deadline = Date.now() + 30_000;
  while (!(await page.content()).includes(text)) {
    assert.ok(Date.now() < deadline, `${page.url()} never said: ${text}`);
    await page.waitForTimeout(300);
    await page.reload();
  }
}

for (const javaScriptEnabled of [true, false]) {
  const how = javaScriptEnabled ? "with script" : "without script";
  const options = { javaScriptEnabled, expected: /422|preload/ };

  test(`an outage is told, acknowledged and over, ${how}`, async (cleanup) => {
    const target = await startTarget(cleanup);
    const receiver = await startReceiver(cleanup);
    const mailbox = await startMailbox(cleanup);
    const server = await startServer(cleanup, ["--track", target.url]);
    const page = await openPage(cleanup, `${server.url}/incidents`, options);
    await page.getByText("There were none yet.").waitFor();
    await page.getByRole("navigation", { name: "Main" }).getByRole("link", { name: "Alerts" }).click();
    await fillWebhook(page, server, receiver);

    // A test keeps everything that was typed, and nothing else.
    await page.getByRole("button", { name: "Send a test" }).click();
    await page.getByRole("status").filter({ hasText: "The test message was taken." }).waitFor();
    assert.equal((await receiver.until(1))[0].kind, "test");
    assert.equal(await page.getByLabel("Name", { exact: true }).inputValue(), "Ops hook");
    assert.equal(await page.getByLabel("Signing secret").inputValue(), SECRET);
    receiver.status = 500;
    await page.getByRole("button", { name: "Send a test" }).click();
    await page.getByRole("alert").filter({ hasText: "The test message was not taken." }).waitFor();
    receiver.status = 200;

    assert.ok(await page.getByLabel("Tell it about all trackers").isChecked());
    await page.getByRole("button", { name: "Save" }).click();
    await page.waitForURL(/\/alerts\?done=channel-and-rule$/);
    await page.getByText("1 channel and 1 rule in force.").waitFor();
    await addMail(page, server, mailbox);

    await target.set(503);
    const [, down] = await receiver.until(2);
    assert.equal(down.kind, "down");
    assert.match(down.cause, /503/);
    assert.ok(down.evidence.length > 0 && JSON.stringify(down.evidence).includes("503"), JSON.stringify(down.evidence));
    const [mail] = await mailbox.until(1);
    assert.match(mail, /^Subject: Down: /m);
    assert.match(mail, /503/);
    if (javaScriptEnabled) {
      await page.goto(`${server.url}/t/1`);
      await page.getByRole("slider", { name: "Last 60 checks" }).focus();
      await page.locator("#tip").getByText("told: Ops hook ✓, Mail ✓").waitFor();
    }
    await page.getByRole("navigation", { name: "Main" }).getByRole("link", { name: "Incidents" }).click();
    await page.getByText("1 open, not acknowledged.").waitFor();
    await page.locator(".incidents tbody th a").click();
    await page.waitForURL(/\/incidents\/1$/);
    await reloadUntil(page, "was told that it is down");
    await page.getByText("What was seen").waitFor();
    await page.getByRole("button", { name: "Acknowledge" }).click();
    await page.getByText("Nobody is reminded of it any more.").waitFor();
    await page.getByText("Ada acknowledged it.").waitFor();
    await page.getByRole("button", { name: "Comment" }).click();
    await page.getByText("Say something first.").waitFor();
    await page.getByLabel("Comment").fill("The disk is full.\nMoving logs away.");
    await page.getByRole("button", { name: "Comment" }).click();
    await page.getByText("Moving logs away.").waitFor();

    await target.set(200);
    const heard = await receiver.until(3);
    assert.equal(heard[2].kind, "recovered");
    assert.equal(heard[2].incident, down.incident);
    await reloadUntil(page, "It is up again.");
    await reloadUntil(page, "was told that it is up again");
    assert.deepEqual(heard.map(({ kind }) => kind), ["test", "down", "recovered"], "one message for each end");
    assert.match((await mailbox.until(2))[1], /^Subject: Up again after /m);
    await page.getByRole("link", { name: "Tracker", exact: true }).click();
    await page.waitForURL(/\/t\/1$/);
    await page.getByRole("link", { name: "Its incidents" }).click();
    await page.getByText("None is open.").waitFor();
    await page.getByRole("cell", { name: /Ada/ }).waitFor();
  });

  test(`channels and rules are changed and deleted, ${how}`, async (cleanup) => {
    const target = await startTarget(cleanup);
    const receiver = await startReceiver(cleanup);
    const server = await startServer(cleanup, ["--track", target.url]);
    const page = await openPage(cleanup, server.url, options);
    await fillWebhook(page, server, receiver);
    await page.getByLabel("Address").fill("nowhere:");
    await page.getByRole("button", { name: "Save" }).click();
    await page.locator("#ch-url[aria-invalid=true]").waitFor();
    assert.equal(await page.getByLabel("Signing secret").inputValue(), SECRET);
    await page.getByLabel("Address").fill(receiver.url);
    await page.getByLabel("Tell it about all trackers").uncheck();
    await page.getByRole("button", { name: "Save" }).click();
    await page.getByText("no rule leads there").waitFor();

    await page.getByRole("link", { name: "Add a rule" }).click();
    await page.getByLabel("Name", { exact: true }).fill("Nights");
    await page.getByLabel("Trackers").fill("1");
    await page.getByLabel("After", { exact: true }).fill("2d");
    await page.getByRole("button", { name: "Save" }).click();
    await page.locator("#rule-delay[aria-invalid=true]").waitFor();
    assert.equal(await page.getByLabel("Trackers").inputValue(), "1");
    await page.getByLabel("After", { exact: true }).fill("5m");
    await page.getByRole("button", { name: "Save" }).click();
    await page.getByText("after 5 min").waitFor();

    await page.getByRole("link", { name: "Edit Ops hook" }).click();
    assert.ok(!(await page.content()).includes(SECRET));
    await page.getByLabel("Name", { exact: true }).fill("Bell");
    await page.getByRole("button", { name: "Save" }).click();
    await page.getByRole("link", { name: "Edit Nights" }).click();
    assert.ok(await page.getByLabel("Bell").isChecked());
    await page.locator("summary", { hasText: "Delete" }).click();
    await page.getByRole("button", { name: "Delete" }).click();
    await page.getByText("The rule is deleted.").waitFor();
    await page.getByRole("link", { name: "Edit Bell" }).click();
    await page.locator("summary", { hasText: "Delete" }).click();
    await page.getByRole("button", { name: "Delete" }).click();
    await page.getByText("Nobody is told yet").waitFor();
  });
}

/** A server with everything that the pages can show. */
async function busyServer(cleanup) {
  const [target, receiver] = [await startTarget(cleanup), await startReceiver(cleanup)];
  const server = await startServer(cleanup, ["--track", target.url]);
  const post = async (path, fields) => {
    const reply = await server.fetch(`/api/${path}`, { method: "POST", body: new URLSearchParams(fields) });
    assert.ok(reply.ok, `${path}: ${await reply.text()}`);
  };
  const hook = { kind: "webhook", enabled: "true" };
  await post("save_channel", { ...hook, name: "Ops hook", url: receiver.url, everything: "true" });
  await post("save_channel", { ...hook, name: "A channel with a rather long name that nobody answers", url: "http://127.0.0.1:9/", everything: "true" });
  await target.set(503);
  await receiver.until(1);
  await post("announce_maintenance", { name: "A weekly backup of everything", cron: "0 3 * * 0", zone: "Europe/Berlin", lasting: "90m", trackers: "1" });
  await post("announce_maintenance", { name: "New disk", from: "2100-01-01 03:00", lasting: "2h" });
  await post("comment_incident", { id: "1", comment: "The disk is full.\nMoving logs away." });
  return server;
}

const PAGES = ["/incidents", "/incidents?open=1&tracker=1", "/incidents/1", "/alerts", "/alerts/channel?kind=mail", "/alerts/channel?id=1", "/alerts/rule", "/alerts/rule?id=1", "/maintenance", "/maintenance/plan", "/maintenance/plan?id=1"];

for (const colorScheme of ["light", "dark"]) {
  test(`pages of alerting are accessible and fit at 320, 768 and 1280 px, ${colorScheme}`, async (cleanup) => {
    const server = await busyServer(cleanup);
    // Channels of a rule are ticks of one name, which HTML knows as a list.
    const rules = { "form-dup-name": "off", "no-inline-style": "error" };
    const validate = new HtmlValidate({ extends: ["html-validate:standard"], rules });
    for (const width of [320, 768, 1280]) {
      for (const path of PAGES) {
        const page = await openPage(cleanup, server.url + path, { colorScheme, viewport: { width, height: 800 }, bypassCSP: true });
        await page.locator("details").evaluateAll((all) => all.forEach((one) => (one.open = true)));
        await assertAccessible(page, `${path} at ${width} px`);
        const small = await page.evaluate(() =>
          [...document.querySelectorAll("main :is(button, summary.btn, select, input:not([type=hidden], [type=checkbox]))")]
            .filter((control) => control.getBoundingClientRect().height < 44)
            .map((control) => control.outerHTML),
        );
        assert.deepEqual(small, [], `${path} at ${width} px: every control is 44 px high`);
        if (process.env.SHOTS) await page.screenshot({ path: `${process.env.SHOTS}/${path.replaceAll(/[^a-z0-9]+/gi, "-")}-${width}-${colorScheme}.png`, fullPage: true });
        await page.close();
      }
    }
    for (const path of PAGES) {
      const report = await validate.validateString(await (await server.fetch(path)).text());
      const found = report.results.flatMap(({ messages }) => messages.map(({ ruleId, message, line, column }) => `${ruleId}: ${message} (${line}:${column})`));
      assert.deepEqual(found, [], path);
    }
  });
}
