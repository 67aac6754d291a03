/**
 * Three endpoints of a school as Fastify's and pg's documentation build them, on the same schema, with the same promises:
 * a heartbeat is acknowledged when it is committed, a portfolio comes from Redis or the database, an event stream hears what
 * other nodes say over Redis.
 *
 *   node server.js PORT POSTGRES_URL REDIS_URL KEY_FILE
 */
import { createPublicKey } from "node:crypto";
import { readFileSync } from "node:fs";
import { createVerifier } from "fast-jwt";
import Fastify from "fastify";
import pg from "pg";
import { createClient } from "redis";

const [port, database, redisUrl, keyFile] = process.argv.slice(2);
const pool = new pg.Pool({ connectionString: database, max: 16 });
const redis = await createClient({ url: redisUrl }).connect();
const subscriber = await redis.duplicate().connect();
// Verified tokens are remembered, as fast-jwt offers it.
const key = createPublicKey(readFileSync(keyFile)).export({ type: "spki", format: "pem" });
const verify = createVerifier({ key, algorithms: ["EdDSA"], allowedAud: "lectern-api", cache: 20_000 });
const app = Fastify({ logger: false, bodyLimit: 64 * 1024 });

app.decorateRequest("person", null);
app.addHook("onRequest", async (request, reply) => {
  try {
    request.person = verify((request.headers.authorization ?? "").replace(/^Bearer /, "")).sub;
  } catch {
    return reply.code(401).send({ code: "token_invalid" });
  }
});

// Prepared once on each connection, by name.
const ALLOWED = {
  name: "allowed",
  text: `SELECT l.course_id, l.video_s, l.completion, l.watched_percent FROM lessons l
         JOIN courses c ON c.id = l.course_id AND c.state <> 'draft'
         JOIN enrolments e ON e.course_id = l.course_id AND e.person_id = $1 AND e.left_at IS NULL
         WHERE l.id = $2 AND l.published_at IS NOT NULL
           AND NOT EXISTS (SELECT FROM lesson_prerequisites q
                           LEFT JOIN lesson_progress p ON p.lesson_id = q.requires_id AND p.person_id = $1
                           WHERE q.lesson_id = l.id AND p.completed_at IS NULL)`,
};
const DAY = {
  name: "day",
  text: "INSERT INTO learning_days (person_id, day) VALUES ($1, (now() AT TIME ZONE 'UTC')::date) ON CONFLICT DO NOTHING",
};
const UNITE = {
  name: "unite",
  text: `INSERT INTO lesson_progress AS p (person_id, lesson_id, course_id, watched, position_s, counter)
         VALUES ($1, $2, $3, int4multirange(int4range($4, $5)) * int4multirange(int4range(0, $6)), least($7::integer, $6), $8)
         ON CONFLICT (person_id, lesson_id) DO UPDATE SET
             watched = p.watched + EXCLUDED.watched,
             position_s = CASE WHEN (EXCLUDED.counter, EXCLUDED.position_s) >= (p.counter, p.position_s)
                          THEN EXCLUDED.position_s ELSE p.position_s END,
             counter = greatest(p.counter, EXCLUDED.counter),
             updated_at = now()
         RETURNING position_s, watched_s, completed_at, completed_by`,
};
const COMPLETE = {
  name: "complete",
  text: `UPDATE lesson_progress SET completed_at = now(), completed_by = 'watched'
         WHERE person_id = $1 AND lesson_id = $2 AND completed_at IS NULL RETURNING completed_at`,
};

const seconds = { type: "integer", minimum: 0, maximum: 86_400 };
const heartbeat = {
  body: {
    type: "object",
    additionalProperties: false,
    required: ["position_s", "counter"],
    properties: {
      position_s: seconds,
      counter: { type: "integer", minimum: 0, maximum: 2 ** 53 },
      watched: { type: "object", additionalProperties: false, required: ["from_s", "to_s"], properties: { from_s: seconds, to_s: seconds } },
    },
  },
};

app.post("/v1/lessons/:id/progress", { schema: heartbeat }, async (request, reply) => {
  const { person, params, body } = request;
  const { from_s: from, to_s: to } = body.watched ?? { from_s: 0, to_s: 0 };
  const client = await pool.connect();
  let answer;
  let completed = false;
  try {
    await client.query("BEGIN");
    const lesson = (await client.query({ ...ALLOWED, values: [person, params.id] })).rows[0];
    if (lesson) {
      await client.query({ ...DAY, values: [person] });
      const values = [person, params.id, lesson.course_id, from, Math.max(from, to), lesson.video_s ?? 0, body.position_s, body.counter];
      const row = (await client.query({ ...UNITE, values })).rows[0];
      const enough = lesson.completion === "watched" && row.watched_s >= Math.ceil((lesson.video_s * lesson.watched_percent) / 100);
      if (enough && !row.completed_at) {
        row.completed_at = (await client.query({ ...COMPLETE, values: [person, params.id] })).rows[0]?.completed_at;
        row.completed_by = "watched";
        completed = true;
      }
      answer = { ...row, video_s: lesson.video_s };
    }
    await client.query("COMMIT");
  } catch (error) {
    await client.query("ROLLBACK").catch(() => {});
    throw error;
  } finally {
    client.release();
  }
  if (!answer) return reply.code(404).send({ code: "not_found" });
  if (completed) {
    await redis.del(`portfolio:${person}`);
    await redis.publish(`events:${person}`, JSON.stringify({ kind: "lesson.completed", person, lesson: params.id }));
  }
  return answer;
});

const PORTFOLIO = {
  name: "portfolio",
  text: `SELECT c.id, c.title, c.summary, c.state, count(l.id)::integer AS lessons, count(p.completed_at)::integer AS completed,
                max(p.updated_at) AS last_activity_at
         FROM enrolments e JOIN courses c ON c.id = e.course_id AND c.state <> 'draft'
         LEFT JOIN lessons l ON l.course_id = c.id AND l.published_at IS NOT NULL
         LEFT JOIN lesson_progress p ON p.lesson_id = l.id AND p.person_id = e.person_id
         WHERE e.person_id = $1 AND e.left_at IS NULL GROUP BY c.id ORDER BY last_activity_at DESC NULLS LAST`,
};

app.get("/v1/me/portfolio", async (request, reply) => {
  const key = `portfolio:${request.person}`;
  let text = await redis.get(key);
  if (text === null) {
    const courses = (await pool.query({ ...PORTFOLIO, values: [request.person] })).rows;
    text = JSON.stringify({ courses, lessons_completed: courses.reduce((sum, course) => sum + course.completed, 0) });
    await redis.set(key, text, { EX: 60 });
  }
  return reply.type("application/json").send(text);
});

app.get("/v1/events", async (request, reply) => {
  reply.hijack();
  reply.raw.writeHead(200, { "content-type": "text/event-stream", "cache-control": "no-store" });
  reply.raw.flushHeaders();
  const tell = (text) => reply.raw.write(`event: ${JSON.parse(text).kind}\ndata: ${text}\n\n`);
  const beat = setInterval(() => reply.raw.write(":\n\n"), 15_000);
  const channel = `events:${request.person}`;
  await subscriber.subscribe(channel, tell);
  request.raw.on("close", () => {
    clearInterval(beat);
    subscriber.unsubscribe(channel, tell).catch(() => {});
  });
});

await app.listen({ port: Number(port), host: "127.0.0.1" });
