-- Edits of first messages. Joined after clock.
-- While an edit is under way none of the same message may begin: the older of two could be the last to arrive.
local function edit_at(root, at) redis.call('ZADD', p .. 'edits', math.max(at, num(get(root, 'editing'))), root) end
local function ask_edit(root)
  if get(root, 'state') ~= 'sent' then return end
  local edited = math.min(num(get(root, 'edited')), now) -- by a clock that was put back since, it was later
  edit_at(root, math.max(now, edited + rules.edit_gap))
end

local function fold_echoes(root, upto)
  local told = num(get(root, 'told'))
  for _, id in ipairs(redis.call('LRANGE', p .. 'e:' .. root, told, upto - 1)) do
    if get(id, 'state') == 'pending' then move(id, 'folded') end
    redis.call('EXPIRE', key(id), KEEP)
  end
  set(root, 'told', math.max(told, upto))
end

local function put_away(id)
  move(id, 'folded')
  redis.call('EXPIRE', key(id), KEEP)
end

-- An echo of a message that is no more there for editing has nowhere to be told; one that is early is kept for it.
local function place_echo(id, root)
  local state, echoes = get(root, 'state'), p .. 'e:' .. root
  if (is_final(state) and state ~= 'sent') or redis.call('LLEN', echoes) >= MOST_ECHOES then
    put_away(id)
    if state == 'sent' then redis.call('HINCRBY', key(root), 'heard', 1) end
    return
  end
  redis.call('RPUSH', echoes, id)
  redis.call('EXPIRE', echoes, KEEP)
  if not state then return put_away(id) end
  redis.call('HINCRBY', key(root), 'heard', 1)
  ask_edit(root)
end

local function drop_echoes(root)
  if redis.call('EXISTS', p .. 'e:' .. root) == 1 then fold_echoes(root, redis.call('LLEN', p .. 'e:' .. root)) end
end

-- In the order in which they stand in the channel: a read finds the newest first.
local function notes_of(root)
  local found = redis.call('LRANGE', p .. 'n:' .. root, -20, -1)
  local place = {}
  for n, id in ipairs(found) do place[id] = { num(get(id, 'ts')), n } end
  table.sort(found, function(a, b)
    if place[a][1] ~= place[b][1] then return place[a][1] < place[b][1] end
    return place[a][2] < place[b][2]
  end)
  return alerts_of(found)
end

local function edit()
  local lease = num(ARGV[3])
  for _, root in ipairs(redis.call('ZRANGEBYSCORE', p .. 'edits', '-inf', now, 'LIMIT', 0, 20)) do
    local channel = get(root, 'channel') or ''
    local free = num(redis.call('HGET', p .. 'editat', service_of(channel))) <= now
    if get(root, 'state') ~= 'sent' then
      redis.call('ZREM', p .. 'edits', root)
    elseif free and not shut_until(channel) then
      set(root, 'editing', now + lease)
      edit_at(root, now + lease)
      redis.call('HSET', p .. 'editat', service_of(channel), now + rules.edit_pace)
      local revision = redis.call('HINCRBY', key(root), 'revision', 1)
      local echoes = alerts_of(redis.call('LRANGE', p .. 'e:' .. root, 0, 29))
      local h = redis.call('HMGET', key(root), 'ts', 'step', 'heard')
      local lengths = { redis.call('LLEN', p .. 'e:' .. root), redis.call('LLEN', p .. 'n:' .. root) }
      return { alert_of(root), h[1], revision, h[2], h[3] or '0', lengths[1], lengths[2], echoes, notes_of(root) }
    end
  end
  return false
end

local function edited()
  local root, revision, echoes, notes, wait = ARGV[3], ARGV[4], num(ARGV[5]), num(ARGV[6]), num(ARGV[7])
  if not get(root, 'state') then return 0 end
  if get(root, 'revision') == revision then set(root, 'editing', wait < 0 and 0 or now + wait) end
  if wait >= 0 then
    edit_at(root, now + wait)
    if ARGV[8] == 'limited' then
      redis.call('HSET', p .. 'editat', service_of(get(root, 'channel') or ''), now + math.min(wait, 60000))
    end
    return 1
  end
  fold_echoes(root, echoes)
  set(root, 'edited', now)
  local more = redis.call('LLEN', p .. 'e:' .. root) > echoes or redis.call('LLEN', p .. 'n:' .. root) > notes
  if get(root, 'revision') ~= revision or more then
    edit_at(root, now + rules.edit_gap)
  else
    redis.call('ZREM', p .. 'edits', root)
  end
  return 1
end
