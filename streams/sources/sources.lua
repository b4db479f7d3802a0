-- The source book's two moves on what was sent, each atomic. KEYS[1] is the hash tag of every key.
-- Each outlet has two generations: what is asked for moves to the young one, and when that is full or old,
-- the elder is forgotten. So what still stands on some page is never forgotten, and memory stays bounded.
local tag, call = KEYS[1], ARGV[1]
local outlet, now = ARGV[2], tonumber(ARGV[3])
local young, elder = tag .. ':sent:' .. outlet, tag .. ':sent-before:' .. outlet

local function fetch(key)
  local kept = redis.call('HGET', young, key)
  if not kept then
    kept = redis.call('HGET', elder, key)
    if kept then redis.call('HSET', young, key, kept) end
  end
  return kept
end

if call == 'known' then
  local most, age = tonumber(ARGV[4]), tonumber(ARGV[5])
  if ARGV[6] == '1' and redis.call('EXISTS', tag .. ':marks') == 0 then return redis.error_reply('FORGOTTEN') end
  local born = tonumber(redis.call('HGET', tag .. ':born', outlet) or '0')
  if born == 0 then
    redis.call('HSET', tag .. ':born', outlet, now)
  elseif redis.call('EXISTS', young) == 1 and (redis.call('HLEN', young) >= most or now - born > age) then
    redis.call('RENAME', young, elder)
    redis.call('HSET', tag .. ':born', outlet, now)
  end
  local found = {}
  for i = 7, #ARGV do
    local kept = fetch(ARGV[i])
    if kept and string.sub(kept, 1, 1) == '=' then -- an alias: told with where it leads
      local entry = fetch(string.sub(kept, 2))
      kept = entry and kept .. ' ' .. entry or ''
    end
    found[#found + 1] = kept or ''
  end
  return found
end

if call == 'keep' then
  for i = 4, #ARGV, 2 do redis.call('HSET', young, ARGV[i], ARGV[i + 1]) end
  return 1
end

if call == 'lease' then
  local holder = redis.call('GET', tag .. ':lease')
  if holder and holder ~= outlet then return 0 end
  redis.call('SET', tag .. ':lease', outlet, 'PX', now)
  return 1
end
return redis.error_reply('unknown call')
