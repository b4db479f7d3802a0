-- The delivery book. One script, one operation per call; the whole book lives under one hash tag. The parts are joined
-- by redis.py, this one first.
-- KEYS[1] = prefix (its hash tag decides the slot); ARGV[1] = operation; ARGV[2] = rules as JSON; the rest its own.
-- d:<id>  hash: state, alert | members, fold; channel, root, kind, class, born, hold, fence, attempts, clean, step, ts, ...
-- due:<channel>:<u|d|n> zset id -> its turn, or until when it waits (urgent; doubts and digests; normal)
-- back:<channel> zset id -> when it returns to its turn     nth:<channel>:<ms> how many have their turn in that millisecond
-- held zset id -> until when its quiet hours last; what is over is cleared when somebody counts
-- last:<root> its newest reply     ready zset channel -> when it may speak
-- quiet hash channel -> not before     leases zset id -> lease end     e:<root> list of echoes    n:<root> list of replies sent    edits zset root -> when
-- unreported zset id -> from when on the ledger is to be told how it ended     clock the time when it was last looked at
local p = KEYS[1] .. ':'
local t = redis.call('TIME')
local now = t[1] * 1000 + math.floor(t[2] / 1000)
local op = ARGV[1]
local rules = cjson.decode(ARGV[2])
local KEEP = 8 * 24 * 3600
local HOUR = 3600 * 1000
local MOST_ECHOES = 200
local MOST_REPLIES = 200
local MOST_LOOKS = 100 -- at what may have to wait, in one call
local DUE = string.format('(%.0f', now + 1) -- turns are between milliseconds

local function key(id) return p .. 'd:' .. id end
local function get(id, field) return redis.call('HGET', key(id), field) or nil end
local function num(value) return tonumber(value or '0') or 0 end
local function set(id, ...) redis.call('HSET', key(id), ...) end
-- As `streams/names.py` has them.
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
local FINAL = { sent = true, dead = true, folded = true, unwanted = true }
local function is_final(state) return FINAL[state] or false end
local function move(id, to)
  count(get(id, 'state'), to)
  set(id, 'state', to)
  if is_final(to) then redis.call('ZREM', p .. 'held', id) end
end
-- Also in the alert as it was written: there an older version looks where it goes.
local function set_channel(id, channel)
  local alert, said = get(id, 'alert'), '"channel":"' .. get(id, 'channel') .. '"'
  local first, last = string.find(alert or '', said, 1, true)
  if first then
    set(id, 'alert', string.sub(alert, 1, first - 1) .. '"channel":"' .. channel .. '"' .. string.sub(alert, last + 1))
  end
  set(id, 'channel', channel)
end
-- An alert as it was entered, and where and from when it is to be told by now.
local function alert_of(id) return redis.call('HMGET', key(id), 'alert', 'channel', 'hold') end
-- Those that are still on record, as rows.
local function alerts_of(ids)
  local rows = {}
  for _, id in ipairs(ids) do
    local row = alert_of(id)
    if row[1] then table.insert(rows, row) end
  end
  return rows
end

-- Which line it stands in: doubts of normal alerts must be read before anything waits for them or folds over them.
local function line_of(id)
  local class = get(id, 'class')
  if class == 'n' and get(id, 'state') == 'doubt' then return 'd' end
  return class
end
-- Its turn: the millisecond from which it may be told, and which of those of that millisecond it is.
local function turn_at(channel, at)
  local nth = p .. 'nth:' .. channel .. ':' .. string.format('%.0f', at)
  local number = redis.call('INCR', nth)
  redis.call('PEXPIRE', nth, at - now + 60000)
  return at + math.min(number, 4095) / 4096
end
local function since(id) return math.max(num(get(id, 'born')), num(get(id, 'hold'))) end
local function turn_of(id) return num(get(id, 'place') or since(id)) end
local function stand(id) redis.call('ZADD', due_key(get(id, 'channel'), line_of(id)), turn_of(id), id) end
-- What has to wait stands further back until then, and returns to its turn.
local function stand_back(id, at)
  redis.call('ZADD', due_key(get(id, 'channel'), line_of(id)), at, id)
  redis.call('ZADD', p .. 'back:' .. get(id, 'channel'), at, id)
end
local function unstand(id)
  for _, class in ipairs({ 'u', 'd', 'n' }) do redis.call('ZREM', due_key(get(id, 'channel'), class), id) end
end
-- From a reply back, the newest that is to be told: of a digest any alert may be unwanted, not just the first.
local function wanted_from(id)
  while id and get(id, 'state') == 'unwanted' do id = get(id, 'after') end
  return id
end
local function members_of(id) return string.gmatch(get(id, 'members') or '', '%S+') end

local function shut_until(channel)
  if redis.call('HEXISTS', p .. 'holds', kind_of(channel)) == 1 then return now + 1000 end
  local shut = num(redis.call('HGET', p .. 'breaker', service_of(channel) .. '.until'))
  return shut > now and shut or nil
end
