// A classroom as Socket.IO's own documentation builds one: chat, polls and a count of those who are here, over several
// processes by the Redis adapter. It does what the load generator measures and no more: no history, no roles, no checks.
//
//   node server.js PORT REDIS_URL
//
// It is set up to be fast: WebSocket alone, no compression, no fallback to HTTP polling, nothing kept per message.

"use strict";

const { createServer } = require("node:http");
const { createAdapter } = require("@socket.io/redis-adapter");
const { createClient } = require("redis");
const { Server } = require("socket.io");

/** Counts and tallies go out at most so often, in milliseconds. */
const PRESENCE_INTERVAL_MS = 1_000;
const TALLY_INTERVAL_MS = 500;

async function main([port, redisUrl]) {
  const redis = createClient({ url: redisUrl });
  const publisher = redis.duplicate();
  const subscriber = redis.duplicate();
  await Promise.all([redis.connect(), publisher.connect(), subscriber.connect()]);

  const http = createServer();
  const io = new Server(http, {
    adapter: createAdapter(publisher, subscriber),
    transports: ["websocket"],
    perMessageDeflate: false,
    httpCompression: false,
    serveClient: false,
    connectTimeout: 45_000,
  });

  // Each process tells its own sockets how many are here, when that has changed.
  let toldPresent = -1;
  setInterval(async () => {
    const present = Number(await redis.get("present"));
    if (present === toldPresent) return;
    toldPresent = present;
    io.local.emit("presence", { present });
  }, PRESENCE_INTERVAL_MS);

  // And how the open poll stands.
  let openPoll = null;
  let toldTally = "";
  io.on("poll", (poll) => (openPoll = poll));
  setInterval(async () => {
    if (openPoll === null) return;
    const tally = await tallyOf(openPoll);
    const text = JSON.stringify(tally);
    if (text === toldTally || openPoll === null) return;
    toldTally = text;
    io.local.emit("poll_tally", tally);
  }, TALLY_INTERVAL_MS);

  async function tallyOf({ poll, options }) {
    const chosen = await redis.hVals(`poll:${poll}`);
    const votes = new Array(options).fill(0);
    for (const option of chosen) votes[option] += 1;
    return { poll, votes, voters: chosen.length };
  }

  async function setPoll(poll) {
    openPoll = poll;
    io.serverSideEmit("poll", poll);
  }

  io.on("connection", async (socket) => {
    socket.on("disconnect", () => redis.decr("present"));

    socket.on("chat", async ({ text }, done) => {
      const id = await redis.incr("seq");
      const from = { id: socket.id, name: "Student", role: "student" };
      io.emit("chat", { id, from, text, at_ms: Date.now() });
      done(id);
    });

    socket.on("poll_open", async ({ options }, done) => {
      const poll = await redis.incr("seq");
      await setPoll({ poll, options });
      io.emit("poll_opened", { poll });
      done(poll);
    });

    socket.on("poll_vote", async ({ poll, option }, done) => {
      await redis.hSet(`poll:${poll}`, socket.id, option);
      done(null);
    });

    socket.on("poll_close", async (_, done) => {
      const tally = await tallyOf(openPoll);
      await setPoll(null);
      io.emit("poll_closed", tally);
      done(null);
    });

    await redis.incr("present");
  });

  http.listen(Number(port), "127.0.0.1", () => console.log(`listening on 127.0.0.1:${port}`));
}

main(process.argv.slice(2)).catch((error) => {
  console.error(error);
  process.exit(1);
});
