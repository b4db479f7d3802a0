-- Writing an article down, and forgetting what lies behind.
local function vector()
  local list = {}
  for i = 1, #terms do list[2 * i - 1], list[2 * i] = terms[i], weights[i] end
  return bytes_of('>' .. rep('I3B', #terms), unpack(list))
end

-- The story's centroid with the article in it; `only` is the vector of the one article it had.
local function grown(centroid, only)
  local sum, order = {}, {}
  local function add(term, weight)
    if not sum[term] then
      sum[term] = 0
      order[#order + 1] = term
    end
    sum[term] = sum[term] + weight
  end
  local v, many = flat(only or centroid, only and 1 or 3)
  for i = 1, many, 2 do add(v[i], v[i + 1]) end
  for i = 1, #terms do add(terms[i], weights[i]) end
  local most = #order
  if most > 2 * C.centroid_terms then
    table.sort(order, function(a, b)
      if sum[a] ~= sum[b] then return sum[a] > sum[b] end
      return a < b
    end)
    most = C.centroid_terms
  end
  local out = {}
  for i = 1, most do out[2 * i - 1], out[2 * i] = order[i], min(sum[order[i]], 16777215) end
  return bytes_of('>' .. rep('I3I3', most), unpack(out))
end

-- The article at the end of every list that leads to it; two anchors may share a list, which then has it twice.
local function post(key)
  local fields, found = postings()
  local entry, lists, set = bytes_of('>c8I4', key, floor(A.at / 1000) % 4294967296), {}, {}
  for i = 1, #fields do
    lists[fields[i]] = sub((lists[fields[i]] or found[i] or '') .. entry, -12 * C.postings)
    set[2 * i - 1], set[2 * i] = fields[i], lists[fields[i]]
  end
  if #set > 0 then call('HSET', P .. 'p', unpack(set)) end
end

local function without(posted, key)
  local from = find(posted, key, 1, true)
  while from do
    if from % 12 == 1 then
      posted = sub(posted, 1, from - 1) .. sub(posted, from + 12)
    else
      from = from + 1 -- across two entries
    end
    from = find(posted, key, from, true)
  end
  return posted
end

local function unpost(fields, key)
  if #fields == 0 then return end
  local found, set, gone = call('HMGET', P .. 'p', unpack(fields)), {}, {}
  for i = 1, #fields do
    local kept = without(found[i] or '', key)
    if kept == '' then
      gone[#gone + 1] = fields[i]
    elseif #kept < #found[i] then
      set[#set + 1] = fields[i]
      set[#set + 1] = kept
    end
  end
  if #set > 0 then call('HSET', P .. 'p', unpack(set)) end
  if #gone > 0 then call('HDEL', P .. 'p', unpack(gone)) end
end

local function forget_article(key)
  local memo = call('HGET', P .. 'm', key)
  if memo then
    for _, watch in ipairs(unpacked(memo)[2]) do call('HDEL', P .. 'm', key .. watch) end
    call('HDEL', P .. 'm', key)
  end
  local raw = call('HGET', P .. 'a', key)
  if not raw then return end
  local gone = unpacked(raw)
  local v, posted = gone[VECTOR], {}
  for i = 1, min(4 * C.posted, #v), 4 do posted[#posted + 1] = sub(v, i, i + 2) end
  if v ~= '' or gone[HOW] == '' then
    for i = 1, #gone[ANCHORS], 3 do posted[#posted + 1] = sub(gone[ANCHORS], i, i + 2) end
  end
  unpost(posted, key)
  local fields, mine = { values_of(rep('c8', #gone[KEYS_OF] / 8), gone[KEYS_OF]) }, {}
  fields[#fields] = nil
  if #fields > 0 then
    local found = call('HMGET', P .. 'x', unpack(fields))
    for i = 1, #fields do if found[i] and sub(found[i], 1, 8) == key then mine[#mine + 1] = fields[i] end end
  end
  if #mine > 0 then call('HDEL', P .. 'x', unpack(mine)) end
  call('HDEL', P .. 'a', key)
  call('HINCRBY', P .. 'n', 'articles', -1)
end

local function forget_story(key, hour)
  local raw = call('HGET', P .. 's', key)
  if raw then
    if unpacked(raw)[S_QUEUED] > hour then return end
    call('HDEL', P .. 's', key)
    call('HINCRBY', P .. 'n', 'stories', -1)
  end
  local watches = call('HGET', P .. 'w', key)
  if watches then
    for _, watch in ipairs(unpacked(watches)) do call('HDEL', P .. 'w', key .. watch) end
    call('HDEL', P .. 'w', key)
  end
end

local function forget_epochs(hour)
  local oldest = floor(hour * HOUR / C.epoch) - 1
  for _, field in ipairs(call('HKEYS', P .. 'n')) do
    local epoch = string.match(field, '^e:(-?%d+):')
    if epoch and tonumber(epoch) < oldest then
      call('HDEL', P .. 'n', field)
      call('DEL', P .. 'f:' .. sub(field, 3))
    end
  end
end

-- A little with each article, so that no call pays for many. `behind` is the time before which nothing is kept.
local function sweep(behind)
  local cut = floor(behind / HOUR)
  for _ = 1, C.swept do
    local hour = tonumber(call('ZRANGE', P .. 'h', 0, 0)[1])
    if not hour or (hour >= cut and tonumber(call('HGET', P .. 'n', 'articles')) <= C.most) then return end
    local what = call('LPOP', P .. 'q:' .. hour)
    if call('EXISTS', P .. 'q:' .. hour) == 0 then
      call('ZREM', P .. 'h', hour)
      forget_epochs(hour)
    end
    if what and sub(what, 1, 1) == 'a' then
      forget_article(sub(what, 2))
    elseif what then
      forget_story(sub(what, 2), hour)
    end
  end
end
