import { once } from "node:events";
import { createServer } from "node:http";

/**
 * Takes webhooks on a free port of this machine. `receiver.heard` are the messages that it took, oldest first; while `receiver.status` is
 * no 2xx, it takes none. `until(count)` waits until there are so many.
 */
export async function startReceiver(cleanup) {
  const receiver = { heard: [], status: 200 };
  const server = createServer((request, response) => {
    let text = "";
    request.setEncoding("utf8").on("data", (more) => (text += more));
    request.on("end", () => {
      if (receiver.status < 300) receiver.heard.push({ key: request.headers["webhook-id"], ...JSON.parse(text) });
      response.writeHead(receiver.status).end();
      server.emit("heard");
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  cleanup.add(() => {
    server.closeAllConnections();
    server.close();
  });
  receiver.url = `http://127.0.0.1:${server.address().port}/`;
  receiver.until = async (count) => {
    while (receiver.heard.length < count) await once(server, "heard", { signal: AbortSignal.timeout(30_000) });
    return receiver.heard;
  };
  return receiver;
}
