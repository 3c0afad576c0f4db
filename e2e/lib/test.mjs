/** Every test, in the order of the journey files. */
export const registered = [];

/**
 * Registers a test. `run` is given a `Cleanup`, which the helpers take so that what they open is closed again:
 *
 *     test("the page names the tracker", async (cleanup) => {
 *       const server = await startServer(cleanup, ["--track", target.url]);
 *       const page = await openPage(cleanup, server.url);
 *     });
 */
export function test(name, run) {
  if (registered.some((other) => other.name === name)) {
    throw new Error(`two tests are named "${name}"`);
  }
  registered.push({ name, run });
}
