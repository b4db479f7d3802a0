-- Who may speak. Joined after enter.
local function answered(service)
  redis.call('HDEL', p .. 'breaker', service .. '.until', service .. '.fails', service .. '.wait')
end
local function trouble(service)
  local fails = redis.call('HINCRBY', p .. 'breaker', service .. '.fails', 1)
  if fails < rules.breaker_after then return end
  local wait = num(redis.call('HGET', p .. 'breaker', service .. '.wait') or rules.breaker_wait)
  redis.call('HSET', p .. 'breaker', service .. '.until', now + wait,
    service .. '.wait', math.min(wait * 2, rules.breaker_most))
end
local function half_open(service, lease)
  if num(redis.call('HGET', p .. 'breaker', service .. '.fails')) >= rules.breaker_after then
    redis.call('HSET', p .. 'breaker', service .. '.until', now + lease)
  end
end
-- Two channels limited within ten seconds: it is the workspace that is too fast.
local function limited(channel, pause)
  local service = service_of(channel)
  local last = redis.call('HMGET', p .. 'limited', service, service .. '.at')
  redis.call('HSET', p .. 'limited', service, channel, service .. '.at', now)
  if last[1] and last[1] ~= channel and now - num(last[2]) < 10000 then
    local free = now + pause + rules.team_burst * rules.team_pace
    redis.call('HSET', p .. 'team', service, math.max(free, num(redis.call('HGET', p .. 'team', service))))
  end
end
-- Posts and reads of a workspace each have a pace of their own, with a burst; `what` is team or read.
local function is_free(what, service)
  return num(redis.call('HGET', p .. what, service)) <= now + rules[what .. '_burst'] * rules[what .. '_pace']
end
local function spend(what, service)
  redis.call('HSET', p .. what, service, math.max(now, num(redis.call('HGET', p .. what, service))) + rules[what .. '_pace'])
end
-- Nothing was tried: the next attempt is let through, and is no sooner than the pace allows.
local function give_back(service)
  redis.call('HDEL', p .. 'breaker', service .. '.until')
  redis.call('HSET', p .. 'team', service, num(redis.call('HGET', p .. 'team', service)) - rules.team_pace)
end
-- A read that succeeds lets the next attempt through, but only a post's answer says that posts are answered again.
local function heard_from(id, service)
  if get(id, 'state') == 'reading' then redis.call('HDEL', p .. 'breaker', service .. '.until') else answered(service) end
end
local function sign(id, channel, what, pause)
  if what == 'trouble' then trouble(service_of(channel))
  elseif what == 'limited' then limited(channel, pause)
  elseif what == 'answered' then heard_from(id, service_of(channel)) end
end
