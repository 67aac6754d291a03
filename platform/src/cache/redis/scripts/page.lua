-- Part of a board, or the lease to make it; see `Cache::top` and `Cache::around`.
--
-- KEYS: board, trace
-- ARGV: 'top', skip, limit – or 'around', member, neighbours
-- Answers: members, how many are better than the first row, how many are before it, rows of member and score
local members = redis.call('ZCARD', KEYS[1]) - 1
if members < 0 then return redis.call('GET', KEYS[2]) or '' end
local first, last
if ARGV[1] == 'top' then
  first = tonumber(ARGV[2])
  last = first + tonumber(ARGV[3]) - 1
else
  local rank = redis.call('ZRANK', KEYS[1], ARGV[2])
  if not rank or ARGV[2] == '' then return {members, 0, 0, {}} end
  first = math.max(rank - tonumber(ARGV[3]), 0)
  last = rank + tonumber(ARGV[3])
end
last = math.min(last, members - 1)
if last < first then return {members, 0, first, {}} end
local rows = redis.call('ZRANGE', KEYS[1], first, last, 'WITHSCORES')
return {members, redis.call('ZCOUNT', KEYS[1], '-inf', '(' .. rows[2]), first, rows}
