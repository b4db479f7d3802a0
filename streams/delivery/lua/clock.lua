-- When Redis' clock is put back: it was wrong, or another Redis took over. Joined after shared, run before all else.
-- What the fast clock set lies ahead by as much as it was wrong, and until then nobody would be spoken to. It is moved
-- back by that: what was asked for (a pause, a lease) has as long to go as it had. Quiet hours are none of its times.
local LITTLE = 5000 -- is waited out
local NOTED = 1000 -- so often, for every note is a write

local function hash_back(name, step)
  local flat = redis.call('HGETALL', p .. name)
  for n = 1, #flat, 2 do
    local at = num(flat[n + 1])
    if at > now then redis.call('HSET', p .. name, flat[n], math.max(now, at - step)) end
  end
end

local LATER = string.format('(%.0f', now)
local function ahead(zset) return redis.call('ZRANGEBYSCORE', zset, LATER, '+inf', 'WITHSCORES') end

local function own_back(id, step)
  for _, field in ipairs({ 'born', 'place', 'editing', 'edited' }) do
    local at = num(get(id, field))
    if at > now then set(id, field, at - step) end
  end
end

local function zset_back(name, step)
  local flat = ahead(p .. name)
  for n = 1, #flat, 2 do redis.call('ZADD', p .. name, math.max(now, num(flat[n + 1]) - step), flat[n]) end
end

-- Turns keep their order: they are moved alike, also into the past; but none comes before its quiet hours end.
local function turns_back(zset, step)
  local flat = ahead(zset)
  for n = 1, #flat, 2 do
    local id = flat[n]
    redis.call('ZADD', zset, math.max(num(get(id, 'hold')), num(flat[n + 1]) - step), id)
    own_back(id, step)
  end
end

local function set_back(step)
  for _, name in ipairs({ 'team', 'read', 'breaker', 'limited', 'quiet', 'digests', 'editat' }) do
    hash_back(name, step)
  end
  for _, name in ipairs({ 'leases', 'edits' }) do
    for _, id in ipairs(redis.call('ZRANGE', p .. name, 0, -1)) do own_back(id, step) end
  end
  for _, name in ipairs({ 'ready', 'leases', 'edits', 'unreported' }) do zset_back(name, step) end
  for _, channel in ipairs(redis.call('ZRANGE', p .. 'ready', 0, -1)) do
    for _, class in ipairs({ 'u', 'd', 'n' }) do turns_back(due_key(channel, class), step) end
    zset_back('back:' .. channel, step)
  end
end

local function look_at_the_clock()
  local seen = num(redis.call('GET', p .. 'clock'))
  local was_ahead = seen > now + LITTLE
  if was_ahead then set_back(seen + NOTED - now) end -- what was set since was at most so much later
  if was_ahead or now > seen + NOTED then redis.call('SET', p .. 'clock', now) end
end
