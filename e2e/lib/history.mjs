import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { startServer } from "./server.mjs";

const STEP_MS = 900_000;
/** Thirty days of a check every quarter of an hour. */
const CHECKS = 2_880;
/** Outages as places among the checks: from the first failure to the first good check. */
const OUTAGES = [[1_000, 1_003], [2_860, 2_864]];

/**
 * Starts a server whose tracker 1 has thirty days behind it, with two outages. Their cause is hostile text.
 *
 * Returns the server; `server.outages` are the times of the first failures in milliseconds, the newest first.
 */
export async function startServerWithHistory(cleanup, target) {
  const first = await startServer(cleanup, ["--track", target.url], { account: null });
  await first.stop();
  const start = Math.floor(Date.now() / STEP_MS) * STEP_MS - CHECKS * STEP_MS;
  const due = (place) => start + place * STEP_MS;
  const isDown = OUTAGES.map(([from, until]) => `n BETWEEN ${from} AND ${until - 1}`).join(" OR ");
  const transitions = OUTAGES.flatMap(([from, until]) => [
    `(1, ${due(from)}, 'went_down', ${due(from)}, 1000)`,
    `(1, ${due(until)}, 'recovered', ${due(from)}, NULL)`,
  ]);
  const sql = `
    BEGIN;
    DELETE FROM checks; DELETE FROM transitions; DELETE FROM statuses;
    UPDATE trackers SET every_s = ${STEP_MS / 1_000}, added_at = ${start};
    INSERT INTO faults (id, kind, detail, seen_at) VALUES (1000, 'status_502', '<b onclick="x">bad</b> & worse', ${Date.now()});
    WITH RECURSIVE places(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM places WHERE n + 1 < ${CHECKS})
    INSERT INTO checks (tracker_id, due, outcome, latency_us, fault_id)
    SELECT 1, ${start} + n * ${STEP_MS}, CASE WHEN ${isDown} THEN 2 ELSE 0 END, 40000 + n % 96 * 1000,
      CASE WHEN ${isDown} THEN 1000 END FROM places;
    INSERT INTO transitions (tracker_id, at, kind, down_since, fault_id) VALUES ${transitions.join(", ")};
    COMMIT;`;
  execFileSync("sqlite3", [join(first.dataDir, "uptime-tracker.db")], { input: sql });
  const server = await startServer(cleanup, [], { dataDir: first.dataDir });
  server.outages = OUTAGES.map(([from]) => due(from)).reverse();
  return server;
}
