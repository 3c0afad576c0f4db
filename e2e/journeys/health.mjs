import assert from "node:assert/strict";
import { startServer } from "../lib/server.mjs";
import { test } from "../lib/test.mjs";

test("the program says that it lives, and ends cleanly", async (cleanup) => {
  const server = await startServer(cleanup);
  const answer = await fetch(`${server.url}/healthz`);
  assert.equal(answer.status, 200);
});
