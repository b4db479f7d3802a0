-- What waits goes to another channel, or is put off. Joined after edits.
-- What was ever in doubt stays where it was tried: only there can it be looked for.
local function may_move(id) return get(id, 'state') == 'pending' and num(get(id, 'clean')) == 0 end

-- In its line again: at its turn, or when its quiet hours are over.
local function stand_again(id)
  if since(id) > now then stand_back(id, since(id)) else stand(id) end
  wake(get(id, 'channel'), since(id))
end

local function leave(id)
  unstand(id)
  redis.call('ZREM', p .. 'back:' .. get(id, 'channel'), id)
end

-- A digest that nobody was told: each of its alerts is told for itself, or by another one.
local function undo(id)
  leave(id)
  for member in members_of(id) do
    move(member, 'pending')
    set(member, 'clean', math.max(num(get(member, 'clean')), num(get(id, 'clean'))))
    redis.call('HDEL', key(member), 'into')
    stand_again(member)
  end
  redis.call('HDEL', p .. 'digests', get(id, 'channel'))
  redis.call('HINCRBY', p .. 'counts', get(id, 'state'), -1)
  redis.call('DEL', key(id))
end

local function take_to(id, channel)
  leave(id)
  set_channel(id, channel)
  stand_again(id)
end

-- A story's replies, the newest first, as far as they are on record; of very many the older are left where they are.
local function replies(root)
  local id, left = redis.call('GET', p .. 'last:' .. root), MOST_REPLIES
  return function()
    local reply = id
    if not reply or left == 0 then return nil end
    id, left = get(reply, 'after'), left - 1
    return reply
  end
end

-- Where a reply enters, its story's first message is told too, with the replies before it: the watch speaks there now.
local function bring(root, channel)
  local into = get(root, 'state') == 'folded' and get(root, 'into')
  local from = get(root, 'channel')
  if from == channel then return end
  if into and may_move(into) then undo(into) end
  if not may_move(root) then return end
  take_to(root, channel)
  for reply in replies(root) do
    if may_move(reply) and get(reply, 'channel') == from then take_to(reply, channel) end
  end
end

-- Of these, which stood in the channel a moment ago, what waits there and is told elsewhere by now.
local function relocate()
  local channel, places, number = ARGV[3], cjson.decode(ARGV[4]), 0
  local function goes_to(id)
    local alert = get(id, 'channel') == channel and get(id, 'alert')
    local place = alert and places[cjson.decode(alert).watch]
    return place ~= channel and place or nil
  end
  local function go(id, place)
    if not place or not may_move(id) then return end
    take_to(id, place)
    number = number + 1
  end
  local function go_apart(id)
    local leaving = {}
    for member in members_of(id) do leaving[member] = goes_to(member) end
    if not next(leaving) or not may_move(id) then return end
    undo(id)
    for member, place in pairs(leaving) do go(member, place) end
  end
  for n = 5, #ARGV do
    if get(ARGV[n], 'members') then go_apart(ARGV[n]) else go(ARGV[n], goes_to(ARGV[n])) end
  end
  return number
end

local function hold_until(id, at)
  if get(id, 'state') ~= 'pending' or since(id) >= at then return end
  set(id, 'hold', at)
  redis.call('ZADD', p .. 'held', at, id)
  stand_again(id)
end

-- Replies wait for what is put off as long as that.
local function put_off_until(id, at)
  hold_until(id, at)
  for reply in replies(get(id, 'root')) do
    if get(reply, 'channel') == get(id, 'channel') then hold_until(reply, at) end
  end
end
