-- What is said next: leases that ended, who waits for whom, digests. Joined after gate.
local function expire_leases()
  for _, id in ipairs(redis.call('ZRANGEBYSCORE', p .. 'leases', '-inf', now, 'LIMIT', 0, 100)) do
    redis.call('ZREM', p .. 'leases', id)
    local state = get(id, 'state')
    if state == 'sending' or state == 'reading' then
      move(id, 'doubt')
      set(id, 'clean', 0)
      stand_back(id, now + rules.settle)
    end
  end
end

local function is_beside(id, other) return get(other, 'channel') == get(id, 'channel') end

-- Whether `id`, a reply, has to wait for `other` to be sent or given up.
local function is_open_for(id, other)
  local state = get(other, 'state')
  if not state or not is_beside(id, other) then return false end
  if state == 'folded' then return get(other, 'ts') == '' end
  return not is_final(state)
end

-- What can still be posted is told with the urgent ones, while it is as fresh as these have to be.
local function hurry(id)
  if get(id, 'state') ~= 'pending' or get(id, 'class') ~= 'n' or now - since(id) > rules.fresh then return end
  unstand(id)
  set(id, 'class', 'u')
  stand_again(id)
end

-- A reply waits for the story's first message, and to be posted also for the reply before it; but not for what is
-- `inside` the same digest. A first message that is not in the book may be about to enter. What an urgent one waits for
-- becomes urgent.
local function has_to_wait(id, inside)
  if get(id, 'kind') == 'new' then return false end
  local root, before = get(id, 'root'), wanted_from(get(id, 'after'))
  if not get(root, 'state') then return now - num(get(id, 'born')) < rules.settle end
  local ahead = { root, get(id, 'state') == 'pending' and before or nil }
  local waits = false
  for _, other in ipairs(ahead) do
    if not inside[other] and is_open_for(id, other) then
      waits = true
      if get(id, 'class') == 'u' then hurry(other) end
    end
  end
  return waits
end

-- What still has to wait stays back, so that the front of a line is not full of what cannot be told.
local function return_to_turns(channel)
  for _, id in ipairs(redis.call('ZRANGEBYSCORE', p .. 'back:' .. channel, '-inf', now, 'LIMIT', 0, MOST_LOOKS)) do
    redis.call('ZREM', p .. 'back:' .. channel, id)
    local state = get(id, 'state')
    if state == 'pending' or state == 'doubt' then
      if has_to_wait(id, {}) then stand_back(id, now + 250) else stand_again(id) end
    end
  end
end

local function digest(channel, ids, id, first, after, why)
  set(id, 'state', 'pending', 'members', table.concat(ids, ' '), 'channel', channel, 'root', first or id, 'fold', why,
    'kind', first and 'update' or 'new', 'class', 'd', 'born', now, 'hold', 0, 'fence', 0, 'attempts', 0, 'clean', 0,
    'step', 0, 'ts', '', 'anchor', '0')
  if after then set(id, 'after', after) end
  count(nil, 'pending')
  stand(id)
  for _, member in ipairs(ids) do
    move(member, 'folded')
    set(member, 'into', id)
    unstand(member)
    drop_echoes(member)
  end
end

-- The first that waits for nothing but its turn.
local function first_ready(zset)
  for _, id in ipairs(redis.call('ZRANGEBYSCORE', zset, '-inf', DUE, 'LIMIT', 0, MOST_LOOKS)) do
    if not has_to_wait(id, {}) then return id end
  end
  return nil
end

-- Normal alerts of a crowded or late channel become one digest. Returns false while they have to wait for it.
local function fold(channel)
  local zset = due_key(channel, 'n')
  local waiting = redis.call('ZCOUNT', zset, '-inf', DUE)
  if waiting < 2 then return true end
  -- While nobody answers, single alerts are the probes: what piled up is folded once, afterwards.
  if num(redis.call('HGET', p .. 'breaker', service_of(channel) .. '.fails')) > 0 then return true end
  local first = first_ready(zset)
  if not first then return true end
  local crowd, late = waiting > rules.crowd, now - num(get(first, 'born')) > rules.patience
  if not (crowd or late) then return true end
  if num(redis.call('HGET', p .. 'digests', channel)) > now then return not crowd end
  local ids, inside = {}, {}
  for _, id in ipairs(redis.call('ZRANGEBYSCORE', zset, '-inf', DUE, 'LIMIT', 0, 1000)) do
    if get(id, 'state') == 'pending' and not has_to_wait(id, inside) then
      table.insert(ids, id)
      inside[id] = true
    end
  end
  if #ids % rules.lines == 1 then table.remove(ids) end -- one alert is no digest: it is told alone, in its own thread
  if #ids < 2 then return true end
  redis.call('HSET', p .. 'digests', channel, now + rules.between)
  local why = num(get(first, 'hold')) > 0 and 'quiet' or late and 'late' or 'crowd'
  local head, last, from = nil, nil, 1
  while from <= #ids do
    local upto = math.min(from + rules.lines - 1, #ids)
    local id = string.format('g%02d%s', (from - 1) / rules.lines, string.sub(redis.sha1hex(ids[from]), 1, 17))
    digest(channel, { unpack(ids, from, upto) }, id, head, last, why)
    head, last = head or id, id
    from = upto + 1
  end
  return true
end

-- Asked once per service: nothing changes it before something is taken, and that ends the look.
local function once(ask)
  local known = {}
  return function(channel)
    local service = service_of(channel)
    if known[service] == nil then known[service] = ask(channel, service) or false end
    return known[service]
  end
end
local is_shut = once(shut_until)
local may_post = once(function(_, service) return is_free('team', service) end)
local may_read = once(function(_, service) return is_free('read', service) end)

-- While the workspace's pace is spent nothing is folded, and no normal alert looked for: both are work for a post that
-- may not be. The second answer is whether there may be more than was looked for.
local function next_due(channel, hurry)
  local posts = may_post(channel)
  if not posts and not may_read(channel) then return nil, true end
  if hurry then return_to_turns(channel) end -- the second look of a call is at the same time
  for _, class in ipairs(hurry and { 'u' } or { 'u', 'd', 'n' }) do
    if class == 'n' and not (posts and fold(channel)) then return nil, not posts end
    for _, line in ipairs(class == 'n' and { 'd', 'n' } or { class }) do
      local zset = due_key(channel, line)
      for _, id in ipairs(redis.call('ZRANGEBYSCORE', zset, '-inf', DUE, 'LIMIT', 0, MOST_LOOKS)) do
        if line == 'u' and get(id, 'state') == 'pending' and now - since(id) > rules.fresh then
          unstand(id)
          set(id, 'class', 'n')
          stand(id)
        elseif has_to_wait(id, {}) then
          stand_back(id, now + 250)
        else
          return id
        end
      end
    end
  end
  return nil
end

-- When the channel has nothing due now, it sleeps until its next delivery is (or leaves the list). One that only waits
-- for the workspace keeps its place.
local function rest(channel, may_have_more)
  local soonest = nil
  for _, class in ipairs({ 'u', 'd', 'n' }) do
    local first = redis.call('ZRANGE', due_key(channel, class), 0, 0, 'WITHSCORES')
    if #first > 0 and (not soonest or num(first[2]) < soonest) then soonest = num(first[2]) end
  end
  if not soonest then
    redis.call('ZREM', p .. 'ready', channel)
  elseif soonest > now or not may_have_more then
    look_at(channel, math.max(soonest, now + 20))
  end
end

-- Where the reads of an attempt begin: what is said now stands behind all of this, and a busy channel's history is long.
local function anchor_of(channel)
  local known = redis.call('HGET', p .. 'anchors', channel)
  local lately = (now - HOUR) / 1000
  return num(known) > lately and known or string.format('%.6f', lately)
end

local function take(id, lease)
  local channel, state = get(id, 'channel'), get(id, 'state')
  local service = service_of(channel)
  unstand(id)
  if state == 'pending' then
    move(id, 'sending')
    redis.call('HINCRBY', key(id), 'attempts', 1)
    set(id, 'anchor', anchor_of(channel))
    spend('team', service)
  else
    spend('read', service)
    move(id, 'reading')
  end
  half_open(service, lease)
  local fence = redis.call('HINCRBY', key(id), 'fence', 1)
  redis.call('ZADD', p .. 'leases', now + lease, id)
  speak_at(channel, now + lease)
  local h = redis.call('HMGET', key(id), 'state', 'attempts', 'clean', 'anchor', 'step', 'root', 'fold', 'kind')
  local members = {}
  for member in members_of(id) do table.insert(members, alert_of(member)) end
  local root_ts = h[8] ~= 'new' and is_beside(id, h[6]) and get(h[6], 'ts') or ''
  return { id, h[1], fence, h[2], h[3], h[4], root_ts, h[5], alert_of(id), h[7] or '', members, h[6], now }
end

-- While nothing may be posted only doubts are worth a look, and urgent ones stand in the urgent line.
local function may_be_heard(channel)
  if may_post(channel) then return true end
  return may_read(channel)
    and redis.call('ZCARD', due_key(channel, 'd')) + redis.call('ZCARD', due_key(channel, 'u')) > 0
end

-- Channels whose time has come: the many of a workspace whose pace is spent stand in no other service's way.
local function awake()
  local some = {}
  for _, channel in ipairs(redis.call('ZRANGEBYSCORE', p .. 'ready', '-inf', now, 'LIMIT', 0, 10 * MOST_LOOKS)) do
    if is_shut(channel) or may_be_heard(channel) then table.insert(some, channel) end
    if #some == MOST_LOOKS then break end
  end
  return some
end

local function claim()
  local lease = num(ARGV[3])
  expire_leases()
  local channels = awake()
  for _, hurry in ipairs({ true, false }) do
    for _, channel in ipairs(channels) do
      local shut = is_shut(channel)
      if shut then
        look_at(channel, math.min(shut, now + 1000))
      else
        local id, may_have_more = next_due(channel, hurry)
        if not id then
          if not hurry then rest(channel, may_have_more) end
        elseif (get(id, 'state') == 'pending' and may_post or may_read)(channel) then
          return take(id, lease)
        end
      end
    end
  end
  return false
end
