-- Changes a member of a board, or leaves a trace if there is no board; see `Cache::score`, `Cache::remove`, `Cache::forget`.
--
-- KEYS: board, trace
-- ARGV: what ('best', 'latest', 'remove', 'forget'), member, score, members at most, new trace, how long it is kept in ms
if ARGV[1] == 'forget' then redis.call('DEL', KEYS[1]) end
if redis.call('EXISTS', KEYS[1]) == 0 then
  redis.call('SET', KEYS[2], ARGV[5], 'PX', ARGV[6])
  return 0
end
if ARGV[1] == 'remove' then
  redis.call('ZREM', KEYS[1], ARGV[2])
elseif ARGV[1] == 'best' then
  redis.call('ZADD', KEYS[1], 'LT', ARGV[3], ARGV[2])
else
  redis.call('ZADD', KEYS[1], ARGV[3], ARGV[2])
end
if redis.call('ZCARD', KEYS[1]) - 1 > tonumber(ARGV[4]) then redis.call('ZREMRANGEBYRANK', KEYS[1], -2, -2) end
return 1
