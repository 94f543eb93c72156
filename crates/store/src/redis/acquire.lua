-- An exact sliding window: of any calls + 1 consecutive places, the first and the last are a window apart.
-- KEYS[1] the places, a sorted set of times in microseconds; KEYS[2] until when the service asked to hold back
-- ARGV: calls, window, longest wait (both in microseconds), name of the place
-- Returns {1, wait} for a place that is taken, {0, wait} for one that is too far away.
local calls, window, longest = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now - window)
local at = now
local before = redis.call('ZRANGE', KEYS[1], -calls, -calls, 'WITHSCORES')
if before[2] and redis.call('ZCARD', KEYS[1]) >= calls then
  at = math.max(at, before[2] + window)
end
local blocked = redis.call('GET', KEYS[2])
if blocked then at = math.max(at, tonumber(blocked)) end
local wait = at - now
if wait > longest then return {0, wait} end
redis.call('ZADD', KEYS[1], string.format('%.0f', at), ARGV[4])
redis.call('PEXPIRE', KEYS[1], math.ceil((wait + window) / 1000) + 1000)
return {1, wait}
