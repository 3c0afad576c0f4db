import { once } from "node:events";
import { text } from "node:stream/consumers";
import { SMTPServer } from "smtp-server";

/**
 * Takes mail on a free port of this machine, in the clear and without a password. `mailbox.messages` are the messages as they came, oldest
 * first; `until(count)` waits until there are so many.
 */
export async function startMailbox(cleanup) {
  const mailbox = { messages: [] };
  const smtp = new SMTPServer({
    authOptional: true,
    disabledCommands: ["AUTH", "STARTTLS"],
    onData: async (stream, _session, done) => {
      mailbox.messages.push(await text(stream));
      done();
      smtp.server.emit("heard");
    },
  });
  smtp.listen(0, "127.0.0.1");
  await once(smtp.server, "listening");
  cleanup.add(() => smtp.close());
  mailbox.port = smtp.server.address().port;
  mailbox.until = async (count) => {
    while (mailbox.messages.length < count) await once(smtp.server, "heard", { signal: AbortSignal.timeout(30_000) });
    return mailbox.messages;
  };
  return mailbox;
}
