-- Answers with who is in a room, or how many, at each node whose lease holds; see `Bus::presence`.
--
-- The nodes' keys are known only from the first one; all of them are in its slot.
--
-- KEYS: nodes
-- ARGV: what the keys of the nodes' entries begin with, HGETALL or HLEN
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local answer = {}
for _, node in ipairs(redis.call('ZRANGEBYSCORE', KEYS[1], string.format('(%.0f', now), '+inf')) do
  answer[#answer + 1] = node
  answer[#answer + 1] = redis.call(ARGV[2], ARGV[1] .. node)
end
return answer
