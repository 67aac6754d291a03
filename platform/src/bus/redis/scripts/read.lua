-- Answers with the commits that follow an entry; see `Bus::read`.
--
-- KEYS: log, commits
-- ARGV: run, epoch, number of the entry
local log = redis.call('HMGET', KEYS[1], 'run', 'epoch', 'seq', 'until')
if log[1] ~= ARGV[1] or log[2] ~= ARGV[2] or log[4] then return 'gone' end
local after, seq = tonumber(ARGV[3]), tonumber(log[3])
if after > seq then return 'gone' end
if after == seq then return {} end
local commits = redis.call('XRANGE', KEYS[2], string.format('%.0f', after + 1), '+')
if not commits[1] or tonumber(string.match(commits[1][1], '%d+')) ~= after + 1 then return 'gone' end
return commits
