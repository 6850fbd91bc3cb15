// A fediverse server of another make: it has one person, who follows a dataset and notes what comes.
//
//   PORT=… TARGET=http://a.localhost:…/datasets/lieux node follower.mjs
//
// Each line on standard output is a JSON object with an "event". "undo" on standard input ends the follow; the
// end of standard input ends the process. Its actor answers only requests that are signed.
import dns from "node:dns";
import { createServer } from "node:http";
import { createInterface } from "node:readline";
import {
  Accept,
  Create,
  Follow,
  InProcessMessageQueue,
  MemoryKvStore,
  Note,
  Person,
  Reject,
  Undo,
  createFederation,
  generateCryptoKeyPair,
  isActor,
} from "@fedify/fedify";

// The tests' names lie on loopback, whatever the machine's resolver thinks of them.
const lookup = dns.lookup;
dns.lookup = (host, options, callback) => {
  if (typeof options === "function") [options, callback] = [{}, options];
  if (!host.endsWith(".localhost")) return lookup(host, options, callback);
  const address = { address: "127.0.0.1", family: 4 };
  if (options?.all) callback(null, [address]);
  else callback(null, address.address, address.family);
};

const { PORT, TARGET } = process.env;
const base = `http://f.localhost:${PORT}`;
const say = (event, more = {}) => console.log(JSON.stringify({ event, ...more }));

const federation = createFederation({
  kv: new MemoryKvStore(),
  queue: new InProcessMessageQueue(),
  allowPrivateAddress: true,
});

const pair = await generateCryptoKeyPair("RSASSA-PKCS1-v1_5");
federation
  .setActorDispatcher("/users/{identifier}", async (context, identifier) => {
    if (identifier !== "ana") return null;
    const [keys] = await context.getActorKeyPairs(identifier);
    return new Person({
      id: context.getActorUri(identifier),
      preferredUsername: identifier,
      name: "Ana",
      inbox: context.getInboxUri(identifier),
      publicKey: keys.cryptographicKey,
    });
  })
  .setKeyPairsDispatcher(() => [pair])
  .authorize(async (context, _identifier, _key, owner) => {
    say("read", { by: owner?.id?.href ?? null, path: new URL(context.request.url).pathname });
    return owner != null;
  });

federation
  .setInboxListeners("/users/{identifier}/inbox", "/inbox")
  .setSharedKeyDispatcher(() => ({ identifier: "ana" }))
  .on(Accept, async (context, accept) => {
    const follow = await accept.getObject(context);
    say("accept", { actor: accept.actorId?.href, object: follow?.id?.href });
  })
  .on(Reject, (_context, reject) => say("reject", { actor: reject.actorId?.href }))
  .on(Create, async (context, create) => {
    const note = await create.getObject(context);
    const content = note instanceof Note ? note.content?.toString() : null;
    say("create", { actor: create.actorId?.href, type: note?.constructor.name, id: note?.id?.href, content });
  })
  .onError((_context, error) => say("error", { message: String(error) }));

const server = createServer(async (incoming, outgoing) => {
  const chunks = [];
  for await (const chunk of incoming) chunks.push(chunk);
  const body = ["GET", "HEAD"].includes(incoming.method) ? undefined : Buffer.concat(chunks);
  const request = new Request(new URL(incoming.url, base), {
    method: incoming.method,
    headers: new Headers(Object.entries(incoming.headers).filter(([, value]) => typeof value === "string")),
    body,
  });
  const response = await federation.fetch(request, { contextData: undefined });
  outgoing.writeHead(response.status, Object.fromEntries(response.headers));
  outgoing.end(Buffer.from(await response.arrayBuffer()));
});

server.listen(Number(PORT), "127.0.0.1", async () => {
  try {
    const context = federation.createContext(new URL(base), undefined);
    const target = await context.lookupObject(TARGET);
    if (!isActor(target)) throw new Error(`${TARGET} is no actor`);
    say("found", { type: target.constructor.name, name: target.preferredUsername?.toString(), id: target.id?.href });
    const actor = context.getActorUri("ana");
    const follow = new Follow({ id: new URL(`${base}/follows/1`), actor, object: target.id });
    await context.sendActivity({ identifier: "ana" }, target, follow);
    say("asked");
    for await (const line of createInterface({ input: process.stdin })) {
      if (line.trim() !== "undo") continue;
      const undo = new Undo({ id: new URL(`${base}/undos/1`), actor, object: follow });
      await context.sendActivity({ identifier: "ana" }, target, undo);
      say("undone");
    }
  } catch (error) {
    say("error", { message: String(error?.stack ?? error) });
  }
  process.exit(0);
});
