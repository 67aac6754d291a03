-- Answers with a room's log from its snapshot on, or sees to it that there will be one; see `Bus::open`.
--
-- The hash KEYS[1] says what there is of the log: the life of the server in which it was confirmed last (`run`), its `epoch`,
-- the number of its last entry (`seq`) and of the last one that the snapshot covers (`covered`), the epoch that it comes from
-- and how far (`origin`, `origin_seq`). While it is made again: until when nodes are waited for (`until`), and whose state is
-- the newest yet (`rival`, `rival_seq`).
--
-- KEYS: log, commits, snapshot, candidate, channel
-- ARGV: run, random part of an epoch, known epoch, known seq or -1, whether the state is given, state, how long nodes are
--       waited for in ms, whether the server has just started, how long keys live in ms, command to publish
local run, random, known, known_seq = ARGV[1], ARGV[2], ARGV[3], tonumber(ARGV[4])
local state_given, state, rebuild_ms, young = ARGV[5] == '1', ARGV[6], tonumber(ARGV[7]), ARGV[8] == '1'
local kept_ms, publish = ARGV[9], ARGV[10]

local log = redis.call('HMGET', KEYS[1], 'run', 'epoch', 'seq', 'covered', 'until', 'rival', 'rival_seq')
local epoch, seq, covered = log[2], tonumber(log[3]), tonumber(log[4])
local deadline, rival, rival_seq = tonumber(log[5]), log[6], tonumber(log[7])

local function generation(of)
  return tonumber(string.sub(of or '', 1, 8), 16) or 0
end

-- Whether the caller knows more than somebody who knows `of` up to `to`.
local function knows_more(of, to)
  if known_seq < 0 then return false end
  if known == of then return known_seq > to end
  return generation(known) > generation(of) or (to == 0 and known_seq > 0)
end

-- Whether each part of the log is there: keys can be evicted, or lost, one by one.
local function is_whole()
  if not epoch or not seq then return false end
  if covered and redis.call('EXISTS', KEYS[3]) == 0 then return false end
  local from = covered or 0
  if from == seq then return true end
  local first = redis.call('XRANGE', KEYS[2], string.format('%.0f', from + 1), '+', 'COUNT', 1)[1]
  local last = redis.call('XREVRANGE', KEYS[2], '+', '-', 'COUNT', 1)[1]
  if not first or not last then return false end
  local last_first, last_count = string.match(last[1], '(%d+)-(%d+)')
  return tonumber(string.match(first[1], '%d+')) == from + 1 and last_first + last_count - 1 == seq
end

local function contents()
  local now = redis.call('HMGET', KEYS[1], 'epoch', 'seq', 'covered', 'origin', 'origin_seq')
  local snapshot = now[3] and redis.call('GET', KEYS[3])
  local commits = redis.call('XRANGE', KEYS[2], string.format('%.0f', (tonumber(now[3]) or 0) + 1), '+')
  for i = 1, 3 do redis.call('PEXPIRE', KEYS[i], kept_ms) end
  return { 'log', now[1], now[4] or '', now[5] or '', now[3] or '', snapshot or '', commits }
end

local whole = is_whole()

if not deadline then
  if whole and log[1] == run and not knows_more(epoch, seq) then return contents() end
  if not epoch and known_seq < 0 and not young then
    redis.call('DEL', KEYS[2], KEYS[3], KEYS[4])
    redis.call('HSET', KEYS[1], 'run', run, 'epoch', '00000001' .. random, 'seq', '0')
    return contents()
  end
end

local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
if not deadline then
  deadline = now + rebuild_ms
  redis.call('HSET', KEYS[1], 'until', string.format('%.0f', deadline))
  redis.call('PEXPIRE', KEYS[1], kept_ms)
end

local is_better
if rival then
  is_better = knows_more(rival, rival_seq)
elseif whole then
  is_better = knows_more(epoch, seq)
else
  is_better = known_seq >= 0
end
if is_better then
  if not state_given then return { 'offer' } end
  redis.call('SET', KEYS[4], state, 'PX', kept_ms)
  redis.call('HSET', KEYS[1], 'rival', known, 'rival_seq', ARGV[4])
  rival, rival_seq = known, known_seq
end

if now < deadline then return { 'wait', deadline - now } end

local before = math.max(generation(epoch), generation(rival))
if rival and redis.call('EXISTS', KEYS[4]) == 1 then
  redis.call('DEL', KEYS[2])
  redis.call('RENAME', KEYS[4], KEYS[3])
  local at = string.format('%.0f', rival_seq)
  redis.call('HSET', KEYS[1], 'seq', at, 'covered', at, 'origin', rival, 'origin_seq', at)
elseif whole then
  redis.call('HSET', KEYS[1], 'origin', epoch, 'origin_seq', log[3])
else
  redis.call('DEL', KEYS[2], KEYS[3])
  redis.call('HSET', KEYS[1], 'seq', '0')
  redis.call('HDEL', KEYS[1], 'covered', 'origin', 'origin_seq')
end
redis.call('HSET', KEYS[1], 'run', run, 'epoch', string.format('%08x', before + 1) .. random)
redis.call('HDEL', KEYS[1], 'until', 'rival', 'rival_seq')
redis.call('DEL', KEYS[4])
redis.call(publish, KEYS[5], 'g')
return contents()
