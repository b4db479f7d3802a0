-- The delivery book. One script, one operation per call; the whole book lives under one hash tag.
-- KEYS[1] = prefix (its hash tag decides the slot); ARGV[1] = operation; ARGV[2] = rules as JSON; the rest its own.
-- d:<id>  hash: state, alert | members, fold; channel, root, kind, class, born, hold, fence, attempts, clean, step, ts, ...
-- due:<channel>:<u|d|n> zset id -> its place in line, or until when it waits (urgent; doubts and digests; normal)
-- back:<channel> zset id -> when it returns to its place     nth:<channel>:<ms> how many have a place in that millisecond
-- last:<root> its newest reply     ready zset channel -> when it may speak
-- quiet hash channel -> not before     leases zset id -> lease end     e:<root> list of echoes    n:<root> list of replies sent    edits zset root -> when
local p = KEYS[1] .. ':'
local t = redis.call('TIME')
local now = t[1] * 1000 + math.floor(t[2] / 1000)
local op = ARGV[1]
local rules = cjson.decode(ARGV[2])
local KEEP = 8 * 24 * 3600
local HOUR = 3600 * 1000
local MOST_ECHOES = 200
local MOST_LOOKS = 100 -- at what may have to wait, in one call
local DUE = string.format('(%.0f', now + 1) -- places are between milliseconds

local function key(id) return p .. 'd:' .. id end
local function get(id, field) return redis.call('HGET', key(id), field) or nil end
local function num(value) return tonumber(value or '0') or 0 end
local function set(id, ...) redis.call('HSET', key(id), ...) end
-- As `streams.places` has them.
local function kind_of(channel) return string.match(channel, '^[^:]*') end
local function service_of(channel) return kind_of(channel) == 'webhook' and channel or kind_of(channel) end
local function look_at(channel, at) redis.call('ZADD', p .. 'ready', at, channel) end
local function speak_at(channel, at)
  redis.call('HSET', p .. 'quiet', channel, at)
  look_at(channel, at)
end
-- Something new is due: a channel that only rested looks earlier, one that must be quiet stays so.
local function wake(channel, at)
  redis.call('ZADD', p .. 'ready', 'LT', math.max(at, num(redis.call('HGET', p .. 'quiet', channel))), channel)
end
local function due_key(channel, class) return p .. 'due:' .. channel .. ':' .. class end

local function count(from, to)
  if from then redis.call('HINCRBY', p .. 'counts', from, -1) end
  redis.call('HINCRBY', p .. 'counts', to, 1)
end
local function move(id, to)
  count(get(id, 'state'), to)
  set(id, 'state', to)
end
local function is_final(state) return state == 'sent' or state == 'dead' or state == 'folded' end

-- Which line it stands in: doubts of normal alerts must be read before anything waits for them or folds over them.
local function line_of(id)
  local class = get(id, 'class')
  if class == 'n' and get(id, 'state') == 'doubt' then return 'd' end
  return class
end
-- Its place: the millisecond from which it may be told, and which of those of that millisecond it is.
local function place_at(channel, at)
  local nth = p .. 'nth:' .. channel .. ':' .. string.format('%.0f', at)
  local number = redis.call('INCR', nth)
  redis.call('PEXPIRE', nth, at - now + 60000)
  return at + math.min(number, 4095) / 4096
end
local function since(id) return math.max(num(get(id, 'born')), num(get(id, 'hold'))) end
local function place_of(id) return num(get(id, 'place') or since(id)) end
local function stand(id) redis.call('ZADD', due_key(get(id, 'channel'), line_of(id)), place_of(id), id) end
-- What has to wait stands further back until then, and returns to its place.
local function stand_back(id, at)
  redis.call('ZADD', due_key(get(id, 'channel'), line_of(id)), at, id)
  redis.call('ZADD', p .. 'back:' .. get(id, 'channel'), at, id)
end
local function unstand(id)
  for _, class in ipairs({ 'u', 'd', 'n' }) do redis.call('ZREM', due_key(get(id, 'channel'), class), id) end
end

local function shut_until(channel)
  if redis.call('HEXISTS', p .. 'holds', kind_of(channel)) == 1 then return now + 1000 end
  local shut = num(redis.call('HGET', p .. 'breaker', service_of(channel) .. '.until'))
  return shut > now and shut or nil
end

-- Edits of first messages -------------------------------------------------------------------------------------------
-- While an edit is under way none of the same message may begin: the older of two could be the last to arrive.
local function edit_at(root, at) redis.call('ZADD', p .. 'edits', math.max(at, num(get(root, 'editing'))), root) end
local function ask_edit(root)
  if get(root, 'state') == 'sent' then edit_at(root, math.max(now, num(get(root, 'edited')) + rules.edit_gap)) end
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
  if state == 'dead' or state == 'folded' or redis.call('LLEN', echoes) >= MOST_ECHOES then
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
  local found, notes = redis.call('LRANGE', p .. 'n:' .. root, -20, -1), {}
  local place = {}
  for n, id in ipairs(found) do place[id] = { num(get(id, 'ts')), n } end
  table.sort(found, function(a, b)
    if place[a][1] ~= place[b][1] then return place[a][1] < place[b][1] end
    return place[a][2] < place[b][2]
  end)
  for _, id in ipairs(found) do table.insert(notes, get(id, 'alert')) end
  return notes
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
      local echoes = {}
      for _, id in ipairs(redis.call('LRANGE', p .. 'e:' .. root, 0, 29)) do table.insert(echoes, get(id, 'alert')) end
      local h = redis.call('HMGET', key(root), 'alert', 'ts', 'step', 'heard')
      local lengths = { redis.call('LLEN', p .. 'e:' .. root), redis.call('LLEN', p .. 'n:' .. root) }
      return { h[1], h[2], revision, h[3], h[4] or '0', lengths[1], lengths[2], echoes, notes_of(root) }
    end
  end
  return false
end

local function edited()
  local root, revision, echoes, notes, wait = ARGV[3], ARGV[4], num(ARGV[5]), num(ARGV[6]), num(ARGV[7])
  if not get(root, 'state') then return 0 end
  if get(root, 'revision') == revision then set(root, 'editing', now + math.max(wait, 0)) end
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

-- Entering ----------------------------------------------------------------------------------------------------------
-- Replies are told in their order: each follows the one before it.
local function follow(id, root)
  local before = redis.call('GET', p .. 'last:' .. root)
  if before then set(id, 'after', before) end
  redis.call('SET', p .. 'last:' .. root, id, 'EX', KEEP)
end

local function enter(state, anchor)
  local id, channel, root, kind, class, hold, alert = unpack(ARGV, 3, 9)
  if get(id, 'state') then return 0 end
  set(id, 'state', state, 'alert', alert, 'channel', channel, 'root', root, 'kind', kind, 'class', class, 'hold', hold,
    'born', now, 'fence', 0, 'attempts', 0, 'clean', 0, 'step', 0, 'ts', '', 'anchor', anchor)
  count(nil, state)
  if is_final(state) then
    redis.call('EXPIRE', key(id), KEEP)
    return 1
  end
  if kind == 'echo' then
    place_echo(id, root)
    return 1
  end
  if kind == 'new' then set(id, 'heard', redis.call('LLEN', p .. 'e:' .. id)) else follow(id, root) end
  set(id, 'place', place_at(channel, since(id)))
  if state == 'doubt' then stand_back(id, now + rules.settle) else stand(id) end
  wake(channel, state == 'doubt' and now + rules.settle or since(id))
  return 1
end

local function intend() return enter('pending', '0') end
-- What is held until later was certainly not told.
local function rebuild()
  local kind, hold, anchor, is_told = ARGV[6], num(ARGV[8]), ARGV[10], ARGV[11] == '1'
  if is_told then return enter(kind == 'echo' and 'folded' or 'sent', anchor) end
  return enter((kind == 'echo' or hold > now) and 'pending' or 'doubt', anchor)
end
local function begin()
  redis.call('SET', p .. 'epoch', now, 'NX')
  return 1
end

-- Who may speak -----------------------------------------------------------------------------------------------------
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
-- A read that succeeds lets the next attempt through, but only a post's answer says that posts are answered again.
local function heard_from(id, service)
  if get(id, 'state') == 'reading' then redis.call('HDEL', p .. 'breaker', service .. '.until') else answered(service) end
end
local function sign(id, channel, what, pause)
  if what == 'trouble' then trouble(service_of(channel))
  elseif what == 'limited' then limited(channel, pause)
  elseif what == 'answered' then heard_from(id, service_of(channel)) end
end

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

-- Whether `id` has to wait for `other` to be sent or given up; one in a hurry takes it along.
local function waits_for(id, other)
  local state = get(other, 'state')
  if not state or state == 'sent' or state == 'dead' or not is_beside(id, other) then return false end
  if state == 'folded' then return get(other, 'ts') == '' end
  if state == 'pending' and get(id, 'class') == 'u' and get(other, 'class') == 'n' then
    unstand(other)
    set(other, 'class', 'u')
    stand(other)
  end
  return true
end

-- A reply waits for the story's first message, and to be posted also for the reply before it; but not for what is
-- `inside` the same digest. A first message that is not in the book may be about to enter.
local function is_early(id, inside)
  if get(id, 'kind') == 'new' then return false end
  local root, after = get(id, 'root'), get(id, 'after')
  if not get(root, 'state') then return now - num(get(id, 'born')) < rules.settle end
  local early = not inside[root] and waits_for(id, root)
  if after and get(id, 'state') == 'pending' and not inside[after] then early = waits_for(id, after) or early end
  return early
end

-- What still has to wait stays back, so that the front of a line is not full of what cannot be told.
local function return_to_places(channel)
  for _, id in ipairs(redis.call('ZRANGEBYSCORE', p .. 'back:' .. channel, '-inf', now, 'LIMIT', 0, MOST_LOOKS)) do
    redis.call('ZREM', p .. 'back:' .. channel, id)
    local state = get(id, 'state')
    if state == 'pending' or state == 'doubt' then
      if is_early(id, {}) then stand_back(id, now + 250) else stand(id) end
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
    if not is_early(id, {}) then return id end
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
    if get(id, 'state') == 'pending' and not is_early(id, inside) then
      table.insert(ids, id)
      inside[id] = true
    end
  end
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

local function next_due(channel, hurry)
  return_to_places(channel)
  for _, class in ipairs(hurry and { 'u' } or { 'u', 'd', 'n' }) do
    if class == 'n' and not fold(channel) then return nil end
    for _, line in ipairs(class == 'n' and { 'd', 'n' } or { class }) do
      local zset = due_key(channel, line)
      for _, id in ipairs(redis.call('ZRANGEBYSCORE', zset, '-inf', DUE, 'LIMIT', 0, MOST_LOOKS)) do
        if line == 'u' and get(id, 'state') == 'pending' and now - since(id) > rules.fresh then
          unstand(id)
          set(id, 'class', 'n')
          stand(id)
        elseif is_early(id, {}) then
          stand_back(id, now + 250)
        else
          return id
        end
      end
    end
  end
  return nil
end

-- When the channel has nothing due now, it sleeps until its next delivery is (or leaves the list).
local function rest(channel)
  local soonest = nil
  for _, class in ipairs({ 'u', 'd', 'n' }) do
    local first = redis.call('ZRANGE', due_key(channel, class), 0, 0, 'WITHSCORES')
    if #first > 0 and (not soonest or num(first[2]) < soonest) then soonest = num(first[2]) end
  end
  if soonest then look_at(channel, math.max(soonest, now + 20)) else redis.call('ZREM', p .. 'ready', channel) end
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
  local h = redis.call('HMGET', key(id), 'state', 'attempts', 'clean', 'anchor', 'step', 'root', 'alert', 'fold', 'kind')
  local members = {}
  for member in string.gmatch(get(id, 'members') or '', '%S+') do table.insert(members, get(member, 'alert')) end
  local root_ts = h[9] ~= 'new' and is_beside(id, h[6]) and get(h[6], 'ts') or ''
  return { id, h[1], fence, h[2], h[3], h[4], root_ts, h[5], h[7] or '', h[8] or '', members, h[6] }
end

local function claim()
  local lease = num(ARGV[3])
  expire_leases()
  local channels = redis.call('ZRANGEBYSCORE', p .. 'ready', '-inf', now, 'LIMIT', 0, 100)
  for _, hurry in ipairs({ true, false }) do
    for _, channel in ipairs(channels) do
      local shut = shut_until(channel)
      if shut then
        look_at(channel, math.min(shut, now + 1000))
      else
        local id = next_due(channel, hurry)
        if not id then
          if not hurry then rest(channel) end
        elseif is_free(get(id, 'state') == 'pending' and 'team' or 'read', service_of(channel)) then
          return take(id, lease)
        end
      end
    end
  end
  return false
end

-- How attempts end --------------------------------------------------------------------------------------------------
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

local function stands(id, ts)
  local channel = get(id, 'channel')
  move(id, 'sent')
  set(id, 'ts', ts)
  redis.call('EXPIRE', key(id), KEEP)
  redis.call('ZREM', p .. 'leases', id)
  redis.call('SREM', p .. 'buried', id)
  unstand(id)
  local root = get(id, 'root')
  local thread = get(id, 'kind') ~= 'new' and is_beside(id, root) and get(root, 'ts') or ''
  for member in string.gmatch(get(id, 'members') or '', '%S+') do
    set(member, 'ts', thread ~= '' and thread or ts) -- where a reply to it belongs
    redis.call('EXPIRE', key(member), KEEP)
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
  local id, fence, ts, pace = ARGV[3], ARGV[4], ARGV[5], num(ARGV[6])
  local state, channel = get(id, 'state'), get(id, 'channel')
  if not state then return 1 end
  if state == 'sent' or state == 'folded' then
    if get(id, 'ts') == ts then return 1 end
    redis.call('SADD', p .. 'doubles', channel .. '|' .. id .. '|' .. ts)
    return 0
  end
  if held(id, fence) then
    heard_from(id, service_of(channel))
    speak_at(channel, now + pace)
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
  move(id, 'folded')
  set(id, 'ts', ts)
  redis.call('EXPIRE', key(id), KEEP)
  redis.call('ZREM', p .. 'leases', id)
  unstand(id)
  drop_echoes(id)
  if get(id, 'kind') ~= 'new' then note(id) end
  return 1
end

local function again()
  local id, fence, state, delay = ARGV[3], ARGV[4], ARGV[5], num(ARGV[6])
  local clean, step, pause, what = ARGV[7], ARGV[8], num(ARGV[9]), ARGV[10]
  local channel = get(id, 'channel')
  if channel then sign(id, channel, what, pause) end
  if not held(id, fence) then return 0 end
  move(id, state)
  set(id, 'clean', clean, 'step', step)
  redis.call('ZREM', p .. 'leases', id)
  if delay > 0 then stand_back(id, now + delay) else stand(id) end
  speak_at(channel, now + pause)
  return 1
end

local function bury(id, why)
  move(id, 'dead')
  set(id, 'why', why)
  redis.call('SADD', p .. 'buried', id)
  drop_echoes(id)
end

local function dead()
  local id, fence, why = ARGV[3], ARGV[4], ARGV[5]
  if not held(id, fence) then return 0 end
  redis.call('ZREM', p .. 'leases', id)
  bury(id, why)
  for member in string.gmatch(get(id, 'members') or '', '%S+') do bury(member, why) end
  speak_at(get(id, 'channel'), now)
  return 1
end

local function buried()
  local alerts = {}
  for _, id in ipairs(redis.call('SRANDMEMBER', p .. 'buried', 100)) do
    local alert = get(id, 'alert')
    if alert then table.insert(alerts, alert) else redis.call('SREM', p .. 'buried', id) end
  end
  return alerts
end

local function released()
  redis.call('SREM', p .. 'buried', ARGV[3])
  redis.call('EXPIRE', key(ARGV[3]), KEEP)
  return 1
end

local function hold() return redis.call('HSET', p .. 'holds', ARGV[3], ARGV[4]) end
local function resume()
  redis.call('HDEL', p .. 'holds', ARGV[3])
  answered(ARGV[3])
  return 1
end

local always = { rebuild = rebuild, begin = begin, hold = hold, resume = resume, released = released }
local whole = { intend = intend, claim = claim, sent = sent, found = found, again = again, dead = dead, buried = buried,
  edit = edit, edited = edited }
if always[op] then return always[op]() end
if redis.call('EXISTS', p .. 'epoch') == 0 then return redis.error_reply('FORGOTTEN the delivery book is empty') end
return whole[op]()
