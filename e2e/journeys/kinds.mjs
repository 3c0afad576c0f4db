// Targets that are no web pages: tried in the editor, saved, shown and moved to another kind, with and without script.

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { once } from "node:events";
import * as http from "node:http";
import * as http2 from "node:http2";
import { createServer } from "node:net";
import { openPage } from "../lib/browser.mjs";
import { startServer } from "../lib/server.mjs";
import { test } from "../lib/test.mjs";

/** Where a server listens from now until the end of the test. */
async function listening(cleanup, server) {
  const sockets = [];
  server.on("connection", (socket) => {
    sockets.push(socket);
    socket.on("error", () => {});
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  cleanup.add(() => {
    sockets.forEach((socket) => socket.destroy());
    server.close();
  });
  return `127.0.0.1:${server.address().port}`;
}

/** A port that greets whoever comes. */
function greeting(cleanup, banner) {
  return listening(cleanup, createServer((socket) => socket.write(banner)));
}

/** A server that speaks WebSocket and welcomes whoever comes. */
function welcoming(cleanup) {
  const server = http.createServer();
  server.on("upgrade", (request, socket) => {
    const key = request.headers["sec-websocket-key"] + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
    const accept = createHash("sha1").update(key).digest("base64");
    const head = ["HTTP/1.1 101 Switching Protocols", "Upgrade: websocket", "Connection: Upgrade", `Sec-WebSocket-Accept: ${accept}`];
    socket.write(`${head.join("\r\n")}\r\n\r\n`);
    socket.write(Buffer.from("\x81\x07welcome", "latin1"));
    socket.on("data", () => socket.end());
  });
  return listening(cleanup, server);
}

/** A server of remote calls that says of its health what `health` is: 1 serves, 2 does not. */
function calling(cleanup, told) {
  const server = http2.createServer();
  server.on("stream", (stream) => {
    stream.respond({ ":status": 200, "content-type": "application/grpc" }, { waitForTrailers: true });
    stream.on("wantTrailers", () => stream.sendTrailers({ "grpc-status": "0" }));
    stream.end(Buffer.from([0, 0, 0, 0, 2, 8, told.health]));
  });
  return listening(cleanup, server);
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

  test(`messages and calls are tried and tracked, ${name}`, async (cleanup) => {
    const told = { health: 2 };
    const [socket, calls] = [await welcoming(cleanup), await calling(cleanup, told)];
    const server = await startServer(cleanup);
    const viewport = { width: 320, height: 640 };
    const page = await openPage(cleanup, `${server.url}/t/new`, { javaScriptEnabled, viewport, expected: /422|preload/ });
    const test = page.getByRole("button", { name: "Test", exact: true });
    const steps = page.getByRole("list", { name: "Steps of the test" });
    const save = page.getByRole("button", { name: "Save and check" });
    await page.getByLabel("What to check").fill(`ws://${socket}/live?room=1`);
    await page.getByLabel("Every", { exact: true }).fill("1s");
    await page.getByLabel("What counts as up").fill("message == bye");
    await test.click();
    await steps.getByText("does not hold").waitFor();
    await page.getByLabel("What counts as up").fill("message == welcome");
    await test.click();
    await page.locator(".verdict.is-up").waitFor();
    assert.ok((await sideways(page)) <= 0);
    await save.click();
    await page.waitForURL(/\/t\/1$/);
    await page.getByText(`ws://${socket}/live?room=1`).first().waitFor();
    await page.goto(`${server.url}/t/1/edit`);
    assert.equal(await page.locator("#f-http-headers").count(), 1, "it begins with a request");
    assert.equal(await page.locator("#f-http-method").count(), 0, "whose method is not chosen");
    const ways = await page.locator("#f-http-auth option").evaluateAll((all) => all.map((one) => one.value));
    assert.deepEqual(ways, ["none", "basic", "bearer"]);

    await page.goto(`${server.url}/t/new`);
    await page.getByLabel("What to check").fill(`grpc://${calls}/shop.v1.Cart`);
    await page.getByLabel("Every", { exact: true }).fill("1s");
    await test.click();
    await steps.getByText("NOT_SERVING").first().waitFor();
    told.health = 1;
    await test.click();
    await page.locator(".verdict.is-up").waitFor();
    assert.ok((await sideways(page)) <= 0);
    await save.click();
    await page.waitForURL(/\/t\/2$/);
    await page.getByText(`grpc://${calls}/shop.v1.Cart`).first().waitFor();
  });

  test(`a target's password has a field of its own, ${name}`, async (cleanup) => {
    const server = await startServer(cleanup);
    const page = await openPage(cleanup, `${server.url}/t/new`, { javaScriptEnabled, expected: /422|preload/ });
    const save = page.getByRole("button", { name: "Save and check" });
    await page.getByLabel("What to check").fill("postgres://ann:canary@127.0.0.1:1/shop");
    await page.getByLabel("Every", { exact: true }).fill("0.1s");
    await save.click();
    await page.getByText("Nothing was saved.").waitFor();
    assert.equal(await page.getByLabel("What to check").inputValue(), "postgres://127.0.0.1:1/shop");
    assert.equal(await page.locator("#f-http-auth-basic-user").inputValue(), "ann");
    assert.equal(await page.locator("#f-http-auth-basic-password").inputValue(), "canary");
    const ways = await page.locator("#f-http-auth option").evaluateAll((all) => all.map((one) => one.value));
    assert.deepEqual(ways, ["none", "basic"]);
    await page.getByLabel("Every", { exact: true }).fill("1h");
    await save.click();
    await page.waitForURL(/\/t\/1$/);
    assert.ok(!(await page.content()).includes("canary"));
  });
}
