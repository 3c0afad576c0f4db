/** What a test opened, to be closed when it ends: newest first, all of it, even when closing one thing fails. */
export class Cleanup {
  #tasks = [];

  /** Pages still open, for pictures of a failed test. */
  pages = [];

  add(task) {
    this.#tasks.push(task);
  }

  /** Returns what went wrong while closing. */
  async run() {
    const problems = [];
    for (const task of this.#tasks.reverse()) {
      await Promise.resolve().then(task).catch((problem) => problems.push(problem));
    }
    return problems;
  }
}
