import { once } from "node:events";
import { createServer } from "node:http";

/**
 * An interface to track: answers JSON at `/` and redirects from `/old` to it. `api.body` and `api.status` can be changed; `api.heard`
 * has the method, headers and body of the newest request.
 */
export async function startApi(cleanup, body = { status: "OK", queue: { waiting: 4183 } }) {
  const api = { body, status: 200, heard: null };
  const server = createServer((request, response) => {
    let text = "";
    request.setEncoding("utf8").on("data", (more) => (text += more));
    request.on("end", () => {
      api.heard = { method: request.method, headers: request.headers, body: text };
      if (request.url === "/old") {
        response.writeHead(301, { location: "/" }).end();
      } else if (request.url === "/hang") {
        api.hanging = response;
      } else {
        response.writeHead(api.status, { "content-type": "application/json" }).end(JSON.stringify(api.body));
      }
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  cleanup.add(() => {
    server.closeAllConnections();
    server.close();
  });
  api.url = `http://127.0.0.1:${server.address().port}/`;
  return api;
}
