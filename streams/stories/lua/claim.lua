-- Who may speak: what each watch was told of each story. The rules of claims.py. Joined after shared and news.
-- ARGV[1] = claim: ARGV[2] = article key, story key (8 bytes each), ARGV[3] = the claim (MessagePack)
-- ARGV[1] = release: ARGV[2] = article key, ARGV[3] = article id, ARGV[4] = the watch; left out for all

-- What nobody related is forgotten with what is related now.
local function enqueue_unrelated(at, article, story)
  for _, mark in ipairs(call('HVALS', P .. 'wm')) do at = max(at, tonumber(string.match(mark, '^(-?%d+)|'))) end
  enqueue(at, 'a' .. article)
  enqueue(at + HOUR, 's' .. story)
end

local function remember(article, story, watch, ruling)
  ruling[4] = call('HINCRBY', P .. 'n', 'order', 1) -- when it was ruled first, for a replay in this order
  local raw = call('HGET', P .. 'm', article)
  local memo = raw and unpacked(raw) or { story, {} }
  memo[2][#memo[2] + 1] = watch
  call('HSET', P .. 'm', article, pack(memo))
  call('HSET', P .. 'm', article .. watch, pack(ruling))
  call('PEXPIRE', P .. 'm', C.backstop)
  call('PEXPIRE', P .. 'w', C.backstop)
  return ruling
end

local function first_claim(A, loud, article, story)
  if A.status == 'removed' or A.asks == 'follow' then return remember(article, story, A.watch, { '', '', {} }) end
  local raw = call('HGET', P .. 'w', story)
  local watches = raw and unpacked(raw) or {}
  watches[#watches + 1] = A.watch
  local told = {}
  tell(told, A.points, loud, A.spoken or A.at, article)
  call('HSET', P .. 'w', story, pack(watches))
  call('HSET', P .. 'w', story .. A.watch, pack({ A.id, told }))
  return remember(article, story, A.watch, { 'new', A.id, {} })
end

local function claim()
  local A = unpacked(ARGV[3])
  local article, story = sub(ARGV[2], 1, 8), sub(ARGV[2], 9, 16)
  local memo = call('HGET', P .. 'm', article .. A.watch)
  if memo then return unpacked(memo) end
  local revises = A.status == 'correction' or A.status == 'removed'
  if A.asks == 'repeat' then return { '', '', {} } end
  local raw = call('HGET', P .. 'a', article)
  local record = raw and unpacked(raw) or nil
  if not record and call('HEXISTS', P .. 'm', article) == 0 then enqueue_unrelated(A.at, article, story) end
  local loud = record and set_of(unpack3(record[LOUD])) or nil
  local raw_state = call('HGET', P .. 'w', story .. A.watch)
  if not raw_state then return first_claim(A, loud, article, story) end
  local state = unpacked(raw_state)
  local fresh = news(A.points, loud, A.spoken, state[2])
  local names = {} -- as the article calls them: the ruling is kept with them
  local new = set_of(fresh)
  local kind = #fresh == 0 and 'echo' or revises and 'correction' or 'update'
  for i = 1, #A.points do
    local p = A.points[i]
    if new[p[KEY]] then names[#names + 1] = A.facts[i] end
  end
  if kind ~= 'echo' then
    tell(state[2], A.points, loud, A.spoken, article)
    call('HSET', P .. 'w', story .. A.watch, pack(state))
  end
  return remember(article, story, A.watch, { kind, state[1], names })
end

local function close(story, watch)
  call('HDEL', P .. 'w', story .. watch)
  local kept = {}
  for _, name in ipairs(unpacked(call('HGET', P .. 'w', story))) do
    if name ~= watch then kept[#kept + 1] = name end
  end
  if #kept == 0 then call('HDEL', P .. 'w', story) else call('HSET', P .. 'w', story, pack(kept)) end
end

local function undo(article, id, story, watch)
  call('HDEL', P .. 'm', article .. watch)
  local raw_state = call('HGET', P .. 'w', story .. watch)
  local state = raw_state and unpacked(raw_state)
  if state and state[1] == id then
    close(story, watch)
  elseif state then
    local told = {}
    for _, p in ipairs(state[2]) do if p[BY] ~= article then told[#told + 1] = p end end
    call('HSET', P .. 'w', story .. watch, pack({ state[1], told }))
  end
end

local function release()
  local article, id, only = ARGV[2], ARGV[3], ARGV[4]
  local raw = call('HGET', P .. 'm', article)
  if not raw then return 0 end
  local story, watches = unpack(unpacked(raw))
  local left = {}
  for _, watch in ipairs(watches) do
    if not only or watch == only then undo(article, id, story, watch) else left[#left + 1] = watch end
  end
  if #left == 0 then call('HDEL', P .. 'm', article) else call('HSET', P .. 'm', article, pack({ story, left })) end
  return 1
end

if ARGV[1] == 'claim' then return claim() end
return release()
