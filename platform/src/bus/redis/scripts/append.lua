-- Appends a commit to a room's log and tells who listens; see `Bus::append`.
--
-- The id of a stream's entry is `{number of the first entry}-{how many there are}`.
--
-- KEYS: log, commits, snapshot, channel
-- ARGV: run, epoch, first, count, last, commit, how long keys live in ms, command to publish
local log = redis.call('HMGET', KEYS[1], 'run', 'epoch', 'seq', 'until')
if log[1] ~= ARGV[1] or log[2] ~= ARGV[2] or log[4] then return 'gone' end
local first, following = tonumber(ARGV[3]), tonumber(log[3]) + 1
if first > following then return 'gone' end
if first < following then return 'conflict' end
redis.call('XADD', KEYS[2], ARGV[3] .. '-' .. ARGV[4], 'c', ARGV[6])
redis.call('HSET', KEYS[1], 'seq', ARGV[5])
for i = 1, 3 do redis.call('PEXPIRE', KEYS[i], ARGV[7]) end
redis.call(ARGV[8], KEYS[4], 'c' .. ARGV[6])
return 'committed'
