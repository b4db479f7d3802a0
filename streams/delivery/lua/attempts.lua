-- How attempts end. Joined after claim.
local function held(id, fence)
  local state = get(id, 'state')
  return get(id, 'fence') == fence and (state == 'sending' or state == 'reading')
end

-- What a reply says, its story's first message says too.
local function note(id)
  local root = get(id, 'root')
  redis.call('RPUSH', p .. 'n:' .. root, id)
  redis.call('EXPIRE', p .. 'n:' .. root, KEEP)
  ask_edit(root)
end

-- It ended for certain: the ledger is to be told. Of a digest its members are told of, each for itself.
local function prove(id, ts)
  if not get(id, 'alert') then return end
  set(id, 'said', ts, 'proved', now)
  redis.call('ZADD', p .. 'unreported', now, id)
  redis.call('ZREMRANGEBYSCORE', p .. 'unreported', '-inf', now - KEEP * 1000) -- where nobody asks, none pile up
end

local function stands(id, ts)
  local channel = get(id, 'channel')
  move(id, 'sent')
  set(id, 'ts', ts)
  redis.call('EXPIRE', key(id), KEEP)
  redis.call('ZREM', p .. 'leases', id)
  redis.call('SREM', p .. 'buried', id)
  unstand(id)
  prove(id, ts)
  local root = get(id, 'root')
  local thread = get(id, 'kind') ~= 'new' and is_beside(id, root) and get(root, 'ts') or ''
  for member in members_of(id) do
    set(member, 'ts', thread ~= '' and thread or ts) -- where a reply to it belongs
    put_away(member)
    redis.call('SREM', p .. 'buried', member)
    prove(member, ts)
    if get(member, 'kind') ~= 'new' then note(member) end
  end
  local anchor = redis.call('HGET', p .. 'anchors', channel)
  if not anchor or num(ts) > num(anchor) then redis.call('HSET', p .. 'anchors', channel, ts) end
  if get(id, 'kind') == 'new' then
    if redis.call('EXISTS', p .. 'e:' .. id, p .. 'n:' .. id) > 0 then ask_edit(id) end
  elseif not get(id, 'members') then
    note(id)
  end
end

local function sent()
  local id, fence, ts, pace, where = ARGV[3], ARGV[4], ARGV[5], num(ARGV[6]), ARGV[7]
  local state, channel = get(id, 'state'), get(id, 'channel')
  if not state then return 1 end
  if state == 'sent' or state == 'folded' then
    if get(id, 'ts') == ts then return 1 end
    redis.call('SADD', p .. 'doubles', where .. '|' .. id .. '|' .. ts)
    return 0
  end
  if held(id, fence) then
    heard_from(id, service_of(channel))
    speak_at(channel, now + pace)
  end
  if where ~= channel then -- it is looked for elsewhere by now
    leave(id)
    set_channel(id, where)
  end
  stands(id, ts)
  return 1
end

-- Proof from a read. A line of a digest is no message of its own: it is not edited, but replies find their thread.
local function found()
  local id, ts, folded = ARGV[3], ARGV[4], ARGV[5]
  local state = get(id, 'state')
  if not state or is_final(state) then return 0 end
  if state == 'reading' then speak_at(get(id, 'channel'), now) end
  if folded == '0' then
    stands(id, ts)
    return 1
  end
  put_away(id)
  set(id, 'ts', ts)
  prove(id, ts)
  redis.call('ZREM', p .. 'leases', id)
  unstand(id)
  drop_echoes(id)
  if get(id, 'kind') ~= 'new' then note(id) end
  return 1
end

local function again()
  local id, fence, state, delay = ARGV[3], ARGV[4], ARGV[5], num(ARGV[6])
  local clean, step, pause, what, elsewhere = ARGV[7], ARGV[8], num(ARGV[9]), ARGV[10], ARGV[11]
  local channel = get(id, 'channel')
  if channel then sign(id, channel, what, pause) end
  if not held(id, fence) then return 0 end
  move(id, state)
  set(id, 'clean', clean, 'step', step)
  redis.call('ZREM', p .. 'leases', id)
  if elsewhere ~= '' then
    set_channel(id, elsewhere)
    wake(elsewhere, now + delay)
  end
  if delay > 0 then stand_back(id, now + delay) else stand(id) end
  speak_at(channel, now + pause)
  return 1
end

-- Nothing was tried. A digest is undone, for not all of its alerts need to go the same way: some go as `each` says.
local function untried(each)
  local id, fence = ARGV[3], ARGV[4]
  if not held(id, fence) then return 0 end
  local channel = get(id, 'channel')
  redis.call('ZREM', p .. 'leases', id)
  give_back(service_of(channel))
  if get(id, 'members') then
    undo(id)
  else
    move(id, 'pending')
    stand_again(id)
  end
  for n = 5, #ARGV, 2 do each(ARGV[n], ARGV[n + 1]) end
  speak_at(channel, now)
  return 1
end

local function put_off()
  return untried(function(id, at) put_off_until(id, num(at)) end)
end

-- Never to be told.
local function give_up(id, state, why)
  move(id, state)
  set(id, 'why', why)
  prove(id, '')
  drop_echoes(id)
end

local function unwanted()
  return untried(function(id, why)
    leave(id)
    give_up(id, 'unwanted', why)
    redis.call('EXPIRE', key(id), KEEP)
  end)
end

local function bury(id, why)
  give_up(id, 'dead', why)
  if get(id, 'alert') then redis.call('SADD', p .. 'buried', id) else redis.call('EXPIRE', key(id), KEEP) end
end

-- With a digest goes what it tells of. Returns how many alerts that is.
local function bury_whole(id, why)
  local members = 0
  bury(id, why)
  for member in members_of(id) do
    bury(member, why)
    members = members + 1
  end
  return math.max(members, 1)
end

local function dead()
  local id, fence, why = ARGV[3], ARGV[4], ARGV[5]
  if not held(id, fence) then return 0 end
  redis.call('ZREM', p .. 'leases', id)
  bury_whole(id, why)
  speak_at(get(id, 'channel'), now)
  return 1
end

local function buried()
  local alerts = {}
  for _, id in ipairs(redis.call('SRANDMEMBER', p .. 'buried', 100)) do
    local alert = alert_of(id)
    if alert[1] then table.insert(alerts, alert) else redis.call('SREM', p .. 'buried', id) end
  end
  return alerts
end

local function released()
  redis.call('SREM', p .. 'buried', ARGV[3])
  redis.call('EXPIRE', key(ARGV[3]), KEEP)
  return 1
end

-- In the hands of one reporter until the lease ends: then it may have died, and another tells them again.
local function receipts()
  local most, lease, rows = ARGV[3], num(ARGV[4]), {}
  for _, id in ipairs(redis.call('ZRANGEBYSCORE', p .. 'unreported', '-inf', now, 'LIMIT', 0, most)) do
    local h = redis.call('HMGET', key(id), 'state', 'proved', 'said', 'why')
    if h[1] then
      redis.call('ZADD', p .. 'unreported', now + lease, id)
      table.insert(rows, { alert_of(id), h[1], h[2], h[3], h[4] or '' })
    else
      redis.call('ZREM', p .. 'unreported', id)
    end
  end
  return rows
end

local function reported()
  if get(ARGV[3], 'state') == ARGV[4] then redis.call('ZREM', p .. 'unreported', ARGV[3]) end
  return 1
end

-- An older anchor is of no use: reads begin an hour back at the earliest.
local function channels()
  local names, oldest = {}, now - num(ARGV[3])
  local anchors = redis.call('HGETALL', p .. 'anchors')
  for n = 1, #anchors, 2 do
    if num(anchors[n + 1]) * 1000 >= oldest then
      table.insert(names, anchors[n])
    else
      redis.call('HDEL', p .. 'anchors', anchors[n])
    end
  end
  return names
end

local function hold() return redis.call('HSET', p .. 'holds', ARGV[3], ARGV[4]) end
local function resume()
  redis.call('HDEL', p .. 'holds', ARGV[3])
  answered(ARGV[3])
  return 1
end
