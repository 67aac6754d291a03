-- Makes a board; see `Cache::fill`. Scores are negative ones, so that the best is first and equals are in order of their names.
-- The member '' keeps a board alive that has no other; it is always the last.
--
-- KEYS: board, trace of the last change while it was absent
-- ARGV: lease, how long in ms, members at most, then score and member of each
if redis.call('EXISTS', KEYS[1]) == 1 or (redis.call('GET', KEYS[2]) or '') ~= ARGV[1] then return 0 end
redis.call('ZADD', KEYS[1], '+inf', '')
for i = 4, #ARGV, 2 do redis.call('ZADD', KEYS[1], 'LT', ARGV[i], ARGV[i + 1]) end
local beyond = redis.call('ZCARD', KEYS[1]) - 1 - tonumber(ARGV[3])
if beyond > 0 then redis.call('ZREMRANGEBYRANK', KEYS[1], -1 - beyond, -2) end
redis.call('PEXPIRE', KEYS[1], ARGV[2])
return 1
