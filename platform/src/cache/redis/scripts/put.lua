-- Keeps a value under a lease; see `Cache::put`. A value is `v…`, the trace of a delete `d…`; nothing is the lease ''.
--
-- KEYS: value
-- ARGV: lease, value, how long in ms
if (redis.call('GET', KEYS[1]) or '') ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
return 1
