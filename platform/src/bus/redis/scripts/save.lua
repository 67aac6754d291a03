-- Keeps a snapshot and drops the commits that it covers; see `Bus::save`.
--
-- KEYS: log, commits, snapshot
-- ARGV: run, epoch, seq, state, entries to keep in any case, how long keys live in ms
local log = redis.call('HMGET', KEYS[1], 'run', 'epoch', 'seq', 'covered', 'until')
if log[1] ~= ARGV[1] or log[2] ~= ARGV[2] or log[5] then return 0 end
local at, seq = tonumber(ARGV[3]), tonumber(log[3])
if at > seq or at <= (tonumber(log[4]) or -1) then return 0 end
redis.call('SET', KEYS[3], ARGV[4], 'PX', ARGV[6])
redis.call('HSET', KEYS[1], 'covered', ARGV[3])
local covered = math.min(at, seq - tonumber(ARGV[5]))
if covered > 0 then
  -- The commit with the first entry to keep begins there or before: it stays.
  local keep = redis.call('XREVRANGE', KEYS[2], string.format('%.0f', covered + 1), '-', 'COUNT', 1)[1]
  if keep then
    local first, count = string.match(keep[1], '(%d+)-(%d+)')
    local minimum = first + count - 1 > covered and first or string.format('%.0f', covered + 1)
    redis.call('XTRIM', KEYS[2], 'MINID', minimum)
  end
end
for i = 1, 2 do redis.call('PEXPIRE', KEYS[i], ARGV[6]) end
return 1
