import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const START_MS = 20_000;
const STOP_MS = 15_000;

const root = fileURLToPath(new URL("../../", import.meta.url));
const program = process.env.UPTIME_BIN ?? join(root, "target/debug/uptime-tracker");

/**
 * Starts the real program on a free port, with a data folder of its own unless one is given, and waits for the line
 * that names its address. At the end of the test it gets SIGTERM and must leave with code 0.
 *
 * It has an account, and `openPage` is signed in with it; `account: null` leaves the server as a new one is.
 *
 * Returns `{ url, dataDir, log(), fetch(), run(), stop(), kill() }`; a test may stop it earlier, or kill it to see what survives.
 */
export async function startServer(cleanup, args = [], { dataDir, account = ADMINISTRATOR } = {}) {
  dataDir ??= await temporaryFolder(cleanup);
  const child = spawn(program, ["serve", "--listen", "127.0.0.1:0", "--data-dir", dataDir, ...args], {
    env: environment(),
    stdio: ["ignore", "pipe", "pipe"],
  });
  const server = new Server(child, dataDir);
  cleanup.add(() => server.stop());
  server.url = await server.address();
  if (account) await server.signIn(account);
  return server;
}

/** The account that tests sign in with, unless they ask for none. */
export const ADMINISTRATOR = { name: "Ada", password: "correct horse battery" };

/** The session cookies of servers by their address, for `openPage`. */
const sessions = new Map();

export function sessionOf(url) {
  return sessions.get(new URL(url).origin);
}

class Server {
  #child;
  #log = "";
  #ended;
  #wanted = false;

  constructor(child, dataDir) {
    this.#child = child;
    this.dataDir = dataDir;
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding("utf8").on("data", (text) => (this.#log += text));
    }
    this.#ended = new Promise((resolve) => {
      child.on("error", (problem) => resolve(`cannot start ${program}: ${problem.message}`));
      child.on("close", (code, signal) => resolve(signal ?? code));
    });
  }

  /** Makes the account if it is missing, and begins a session for pages that are opened from now on. */
  async signIn({ name, password, role = "administrator" }) {
    const made = await this.run(["user", "create", name, "--role", role, "--password-stdin"], `${password}\n`);
    if (made.code !== 0 && !made.output.includes("already")) throw this.#problem(`made no account: ${made.output}`);
    const deadline = Date.now() + START_MS;
    for (;;) {
      const reply = await fetch(`${this.url}/api/sign_in`, { method: "POST", body: new URLSearchParams({ name, password }) });
      const cookie = reply.headers.get("set-cookie")?.split(";")[0];
      if (reply.ok && cookie) {
        this.cookie = cookie;
        sessions.set(new URL(this.url).origin, cookie);
        return;
      }
      // It looks once a second for what the command line did.
      if (Date.now() > deadline) throw this.#problem(`let nobody in: ${reply.status} ${await reply.text()}`);
      await new Promise((resolve) => setTimeout(resolve, 250));
    }
  }

  /** Asks the server as a script on one of its pages would. */
  fetch(path, options = {}) {
    return fetch(this.url + path, { ...options, headers: { cookie: this.cookie ?? "", origin: this.url, ...options.headers } });
  }

  /** Runs another command of the program over the server's data. */
  run(args, input = "") {
    const child = spawn(program, [...args, "--data-dir", this.dataDir], { env: environment(), stdio: ["pipe", "pipe", "pipe"] });
    child.stdin.end(input);
    let output = "";
    for (const stream of [child.stdout, child.stderr]) stream.setEncoding("utf8").on("data", (text) => (output += text));
    return new Promise((resolve, reject) => {
      child.on("error", reject);
      child.on("close", (code) => resolve({ code, output }));
    });
  }

  /** All that the program has printed so far. */
  log() {
    return this.#log;
  }

  async address() {
    const found = new Promise((resolve) => {
      const look = () => {
        const match = withoutColours(this.#log).match(/http:\/\/127\.0\.0\.1:\d+/);
        if (match) resolve(match[0]);
      };
      this.#child.stdout.on("data", look);
      this.#child.stderr.on("data", look);
    });
    const ended = this.#ended.then((how) => {
      // Told once; `stop` would tell it again.
      this.#wanted = true;
      throw this.#problem(`ended before it served (${how})`);
    });
    return within(START_MS, Promise.race([found, ended]), () => this.#problem("did not say its address"));
  }

  /** Asks it to end and waits; anything but code 0 is a failure. Does nothing when it was ended on purpose before. */
  async stop() {
    if (this.#wanted) return;
    this.#wanted = true;
    this.#child.kill("SIGTERM");
    const how = await within(STOP_MS, this.#ended, () => {
      this.#child.kill("SIGKILL");
      return this.#problem("did not end on SIGTERM");
    });
    if (how !== 0) throw this.#problem(`ended with ${how} instead of 0`);
  }

  /** Ends it as a power cut would. */
  async kill() {
    this.#wanted = true;
    this.#child.kill("SIGKILL");
    await this.#ended;
  }

  #problem(what) {
    return new Error(`the server ${what}; it printed:\n${this.#log.slice(-4_000)}`);
  }
}

/** A folder that is gone after the test. */
export async function temporaryFolder(cleanup) {
  const folder = await mkdtemp(join(tmpdir(), "uptime-e2e-"));
  cleanup.add(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** A contributor's own settings must not reach the server under test, for each of its options is also a variable. */
function environment() {
  const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith("UPTIME_"));
  return { LEPTOS_SITE_ROOT: join(root, "target/site"), ...Object.fromEntries(inherited) };
}

function withoutColours(text) {
  return text.replaceAll(/\u001b\[[0-9;]*m/g, "");
}

function within(ms, promise, problem) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(problem()), ms);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}
