-- What waits, and since when. Joined after attempts.
-- A digest has waited as long as the first that it tells of.
local function waits_since(id) return since(members_of(id)() or id) end

-- What is in the air, what stands first in each line, and what stands back: the oldest is among them.
local function candidates()
  local ids = redis.call('ZRANGE', p .. 'leases', 0, -1)
  local function add(zset, most)
    for _, id in ipairs(redis.call('ZRANGE', zset, 0, most)) do table.insert(ids, id) end
  end
  for _, channel in ipairs(redis.call('ZRANGE', p .. 'ready', 0, -1)) do
    for _, class in ipairs({ 'u', 'd', 'n' }) do add(due_key(channel, class), 0) end
    add(p .. 'back:' .. channel, MOST_LOOKS - 1)
  end
  return ids
end

-- Of receipts, the first of those whose turn is next: a reporter takes them in the order of their proofs.
local function longest_unreported()
  local first = now
  for _, id in ipairs(redis.call('ZRANGE', p .. 'unreported', 0, MOST_LOOKS - 1)) do
    first = math.min(first, num(get(id, 'proved') or now))
  end
  return now - first
end

local function waiting()
  redis.call('ZREMRANGEBYSCORE', p .. 'held', '-inf', now)
  local unreported = redis.call('ZCARD', p .. 'unreported')
  local rows, oldest = { redis.call('ZCARD', p .. 'held'), unreported, longest_unreported() }, {}
  for _, id in ipairs(candidates()) do
    local state, channel, begun = get(id, 'state'), get(id, 'channel'), waits_since(id)
    if state and not is_final(state) and begun <= now then
      oldest[channel] = math.max(oldest[channel] or 0, now - begun)
    end
  end
  for channel, long in pairs(oldest) do table.insert(rows, { channel, long }) end
  return rows
end

-- Since its turn came first: what is put off each night is no younger for it.
local function began(id) return turn_of(members_of(id)() or id) end

-- Alerts stand in the order of their ages; a digest is younger than what it tells of, and what stands back is due later.
local function outlived()
  local channel, why, oldest, number = ARGV[3], ARGV[4], now - rules.keep, 0
  local function look(zset, upto)
    for _, id in ipairs(redis.call('ZRANGEBYSCORE', zset, '-inf', upto, 'LIMIT', 0, MOST_LOOKS)) do
      local state = get(id, 'state')
      if (state == 'pending' or state == 'doubt') and began(id) < oldest then
        unstand(id)
        redis.call('ZREM', p .. 'back:' .. channel, id)
        number = number + bury_whole(id, why)
      end
    end
  end
  for _, class in ipairs({ 'u', 'n' }) do look(due_key(channel, class), oldest) end
  look(due_key(channel, 'd'), '+inf')
  look(p .. 'back:' .. channel, '+inf')
  return number
end
