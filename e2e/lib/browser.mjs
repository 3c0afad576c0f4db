import { existsSync } from "node:fs";
import { chromium } from "playwright-core";
import { sessionOf } from "./server.mjs";

// `cargo xtask test` installs the first when none is there.
const PLACES = ["/usr/bin/chromium-headless-shell", "/usr/bin/chromium"];
const FLAGS = [
  "--headless",
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

let launched;

/**
 * Opens `url` in a fresh profile. `options` are playwright's for a context: `javaScriptEnabled`, `colorScheme`,
 * `viewport` …
 *
 * It is signed in as `startServer` was, unless it is opened by a `stranger`.
 *
 * The test fails at its end if the page wrote a warning or an error to its console, or threw: hydration problems are
 * reported there and nowhere else. A test that provokes one on purpose names it in `expected`, a regular expression.
 */
export async function openPage(cleanup, url, { expected, stranger = false, ...options } = {}) {
  const context = await (await browser()).newContext(options);
  const session = stranger ? undefined : sessionOf(url);
  if (session) {
    const [name, value] = session.split("=");
    await context.addCookies([{ name, value, url: new URL(url).origin, httpOnly: true, sameSite: "Lax" }]);
  }
  cleanup.add(() => context.close());
  const page = await context.newPage();
  cleanup.pages.push(page);
  const complaints = listen(page);
  cleanup.add(() => refuse(complaints.filter((complaint) => !expected?.test(complaint))));
  await page.goto(url);
  return page;
}

/** Ends the browser that the tests shared. */
export async function closeBrowser() {
  // One that could not be launched has failed its tests already.
  await launched?.then((running) => running.close(), () => {});
}

function browser() {
  launched ??= chromium.launch({ executablePath: executable(), args: FLAGS });
  return launched;
}

function executable() {
  const path = [process.env.CHROMIUM, ...PLACES].find((candidate) => candidate && existsSync(candidate));
  if (!path) {
    throw new Error(`no browser: install chromium-headless-shell, or set CHROMIUM (looked at ${PLACES.join(", ")})`);
  }
  return path;
}

function listen(page) {
  const complaints = [];
  page.on("console", (message) => {
    if (["warning", "error", "assert"].includes(message.type())) {
      complaints.push(`console ${message.type()}: ${message.text()} (${message.location().url})`);
    }
  });
  page.on("pageerror", (error) => complaints.push(`uncaught: ${error.stack ?? error}`));
  page.on("crash", () => complaints.push("the page crashed"));
  return complaints;
}

function refuse(complaints) {
  if (complaints.length > 0) {
    throw new Error(`the page complained:\n${complaints.join("\n")}`);
  }
}
