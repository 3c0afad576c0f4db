import { once } from "node:events";
import { createServer } from "node:http";

/**
 * Something to track: an HTTP server on a free port of this machine, whose answer a test switches with `set`.
 *
 * - a number: answers with that status
 * - `"hang"`: takes the request and never answers
 * - `"closed"`: nothing listens, so connecting is refused; any other answer opens the same port again
 */
export async function startTarget(cleanup, answer = 200) {
  const target = new Target();
  cleanup.add(() => target.set("closed"));
  await target.set(answer);
  return target;
}

class Target {
  #answer = "closed";
  #port = 0;
  #server = createServer((_, response) => {
    this.requests += 1;
    if (this.#answer === "hang") return;
    response.writeHead(this.#answer, { "content-type": "text/plain" }).end("an answer\n");
  });

  /** How many requests have arrived. */
  requests = 0;

  get url() {
    return `http://127.0.0.1:${this.#port}/`;
  }

  async set(answer) {
    this.#answer = answer;
    if (answer === "closed") {
      await this.#close();
    } else if (!this.#server.listening) {
      this.#server.listen(this.#port, "127.0.0.1");
      await once(this.#server, "listening");
      this.#port = this.#server.address().port;
    }
    if (answer !== "hang") {
      // Whoever still waits for an answer that was never to come learns now that there is none.
      this.#server.closeAllConnections();
    }
  }

  async #close() {
    if (!this.#server.listening) return;
    const closed = once(this.#server, "close");
    this.#server.close();
    this.#server.closeAllConnections();
    await closed;
  }
}
