-- Relates one article to the stories and remembers it: memory.py, in one atomic step. Joined after shared, news, similar, keep.
-- ARGV[1] = wall clock in ms, ARGV[2] = the article (MessagePack), ARGV[3] = article key, story key, the keys of titles,
-- patterns, pages and rests: 8 bytes each, as many as the article tells.
local wall = tonumber(ARGV[1])
local key, story_key = keys[1], keys[2]

local function answer(r, s, slowest)
  return { s[S_ID], r[ROLE], r[NOVELTY], r[HOW], r[SIM], r[NEAREST], whole(s[S_AT]), s[S_LANG], s[S_SOURCE], r[LATE], r[ORDER] or 0,
    slowest and whole(slowest) or '' }
end

-- 1. The same article again.
local again = record(key)
if again and story(again[STORY]) then return answer(again, story(again[STORY]), nil) end

-- 2. How far the slowest partition is. One that was silent for long holds nothing back.
local mark, slowest, others = A.at, nil, nil
local marks = call('HGETALL', P .. 'wm')
for i = 1, #marks, 2 do
  local at, heard = string.match(marks[i + 1], '^(-?%d+)|(-?%d+)$')
  at = tonumber(at)
  local own = marks[i] == tostring(A.partition)
  if own then mark = max(mark, at) end
  if wall - tonumber(heard) <= C.idle then
    slowest = min(slowest or at, at)
    if not own then others = min(others or at, at) end
  elseif not own then
    call('HDEL', P .. 'wm', marks[i])
  end
end
slowest = slowest or A.at
local late = A.at < slowest - C.window

-- 3. What a correction or removal was sent for; else the same headline within its window. One that is known but not of
-- today is a daily template.
local how, similarity, nearest, recurs = nil, 0, nil, false
for i = 1, A.revises and #pages or 0 do
  local x = call('HGET', P .. 'x', pages[i])
  local earlier = not how and x and record(sub(x, 1, 8))
  if earlier and story(earlier[STORY]) and abs(A.at - tonumber(sub(x, 9))) <= C.kept then
    how, similarity, nearest = A.pages[i], 1, sub(x, 1, 8)
  end
end
local seen = {}
local function look_up(field, by)
  seen[field] = call('HGET', P .. 'x', field)
  local earlier = seen[field] and record(sub(seen[field], 1, 8))
  if not earlier or not story(earlier[STORY]) then return end
  local gap = abs(A.at - tonumber(sub(seen[field], 9)))
  if gap > C.exact then
    recurs = recurs or gap <= C.kept
  elseif by and not how and not two_events(earlier) then -- the same words may tell of two
    how, similarity, nearest = by, 1, sub(seen[field], 1, 8)
  end
end
for i = 1, #titles do look_up(titles[i], A.titles[i]) end
for i = 1, #patterns do look_up(patterns[i], nil) end

-- 4. The same page, if the words agree.
local function same_page()
  for i = 1, #pages do
    local x = call('HGET', P .. 'x', pages[i])
    local r = x and record(sub(x, 1, 8))
    if r and r[VECTOR] ~= '' and story(r[STORY]) and abs(A.at - r[AT]) <= C.window then
      local similar = alike(r[VECTOR], 1, false)
      if similar >= C.same_page then return A.pages[i], similar, sub(x, 1, 8) end
    end
  end
  return nil, 0, nil
end

-- 5. The most alike.
local exact = how ~= nil
if not exact then
  weigh(max(A.at, slowest - C.window))
  how, similarity, nearest = same_page()
  if not how then how, similarity, nearest = most_alike(recurs and C.exact or C.window) end
end

-- 6. Its place in the story. Running numbers begin at the wall clock, so that they grow on after a flush.
local order = call('HINCRBY', P .. 'n', 'order', 1)
if order == 1 then order = call('HINCRBY', P .. 'n', 'order', whole(wall * 1000)) end
local r = { story_key, A.at, A.lang, vector(), pack3(A.anchors), table.concat(titles) .. table.concat(patterns)
  .. table.concat(pages), pack3(A.loud), pack3(A.companies), pack3(A.categories), pack3(A.figures), A.id, 'first', 100,
  '', 0, '', late and 1 or 0, order,
  pack3(A.subjects), {}, pack3(A.naming), pack3(A.headlined), pack3(A.dollars), pack3(A.abroad) }
for i = 1, #rests do
  r[RESTS][i] = { unpack(A.rests[i]) }
  r[RESTS][i][#A.rests[i] + 1] = rests[i]
end
local loud, told = set_of(A.loud), nil
local s = { A.story, A.at, A.lang, A.source, 0, 0, '', pack({}), 0 }
if how then
  r[STORY] = record(nearest)[STORY]
  s = story(r[STORY])
  r[HOW], r[SIM], r[NEAREST] = how, floor(similarity * 10000 + 0.5), record(nearest)[ID]
  local copied = exact or similarity >= C.copy
  told = #A.points > 0 and unpacked(s[S_TOLD]) or {}
  r[ROLE] = #news(A.points, loud, A.spoken, told) > 0 and 'update' or (copied and 'copy' or 'retelling')
  local value = 100
  for _ = 1, min(s[S_ARTICLES], 20) do value = value * 0.75 end
  value = floor(value + 0.5)
  r[NOVELTY] = r[ROLE] == 'copy' and 0 or (r[ROLE] == 'update' and max(value, 60) or value)
elseif story(story_key) then -- it lives, and its founder, forgotten, comes again
  s = story(story_key)
else
  call('HINCRBY', P .. 'n', 'stories', 1)
end
local returns = not how and s[S_ARTICLES] > 0

-- 7. Remember it.
s[S_ARTICLES] = s[S_ARTICLES] + 1
if #A.points > 0 or s[S_ARTICLES] == 1 then -- a founder without facts says since when something was told
  told = told or unpacked(s[S_TOLD])
  -- packed in itself: candidates' stories are read often, their facts seldom
  if tell(told, A.points, loud, A.spoken or (#told == 0 and A.at or nil), '') then s[S_TOLD] = pack(told) end
end
if not exact then
  if not returns then
    if s[S_VECTORS] > 0 then
      s[S_CENTROID] = grown(s[S_CENTROID], s[S_VECTORS] == 1 and record(nearest)[VECTOR] or nil)
    end
    s[S_VECTORS] = s[S_VECTORS] + 1
  end
  post(key)
end
local function register(list)
  for i = 1, #list do
    local x = seen[list[i]]
    if x == nil then x = call('HGET', P .. 'x', list[i]) end
    if not x or A.at >= tonumber(sub(x, 9)) then call('HSET', P .. 'x', list[i], key .. whole(A.at)) end
  end
end
register(titles)
register(patterns)
register(pages)
local last = late and slowest or A.at
enqueue(last, 'a' .. key)
if floor((last + HOUR) / HOUR) > s[S_QUEUED] then -- an hour later, so that a story outlives its articles
  s[S_QUEUED] = floor((last + HOUR) / HOUR)
  enqueue(last + HOUR, 's' .. r[STORY])
end
s.mine = nil
call('HSET', P .. 'a', key, pack(r))
call('HSET', P .. 's', r[STORY], pack(s))
call('HINCRBY', P .. 'n', 'articles', 1)
call('HSET', P .. 'wm', A.partition, whole(mark) .. '|' .. whole(wall))
if r[ORDER] % 50 == 0 or s[S_ARTICLES] == 1 then
  for _, name in ipairs({ 'a', 's', 'x', 'p', 'n', 'h', 'wm' }) do call('PEXPIRE', P .. name, C.backstop) end
end

-- 8. Forget what lies behind every partition.
slowest = min(mark, others or mark) -- by now
sweep(min(slowest, A.floor) - C.kept) -- what the batch has yet to claim stays
return answer(r, s, slowest)
