-- Takes from an account by the generic cell rate algorithm; see `rate.rs`, which does the same.
--
-- KEYS: account
-- ARGV: interval in us, burst, cost
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000000 + tonumber(time[2])
local interval = tonumber(ARGV[1])
local full, price = interval * tonumber(ARGV[2]), interval * tonumber(ARGV[3])
local debt = math.min(math.max((tonumber(redis.call('GET', KEYS[1])) or 0) - now, 0), full)
local after = debt + price
if after > full then
  local wait = price > full and debt or after - full
  return {0, math.floor((full - debt) / interval), wait}
end
-- As text: a number would lose its last digits.
if price > 0 then redis.call('SET', KEYS[1], string.format('%.0f', now + after), 'PX', math.ceil(after / 1000) + 1) end
return {1, math.floor((full - after) / interval), after}
