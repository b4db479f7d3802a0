-- Entering. Joined after moves.
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
  if kind ~= 'new' then bring(root, channel) end
  if kind == 'echo' then
    place_echo(id, root)
    return 1
  end
  if kind == 'new' then set(id, 'heard', redis.call('LLEN', p .. 'e:' .. id)) else follow(id, root) end
  set(id, 'place', turn_at(channel, since(id)))
  if since(id) > now then redis.call('ZADD', p .. 'held', hold, id) end
  if state == 'doubt' then stand_back(id, now + rules.settle) else stand(id) end
  wake(channel, state == 'doubt' and now + rules.settle or since(id))
  return 1
end

local function intend() return enter('pending', '0') end
-- What is held until later was certainly not told.
local function rebuild()
  local kind, hold, anchor, is_sent = ARGV[6], num(ARGV[8]), ARGV[10], ARGV[11] == '1'
  if hold > now then return enter('pending', anchor) end
  if is_sent then return enter(kind == 'echo' and 'folded' or 'sent', anchor) end
  return enter(kind == 'echo' and 'pending' or 'doubt', anchor)
end
local function begin()
  redis.call('SET', p .. 'epoch', now, 'NX')
  return 1
end
