-- Writing an article down, and forgetting what lies behind.
local function vector()
  local packed = {}
  for i = 1, #terms do
    local n = terms[i]
    packed[i] = char(floor(n / 65536), floor(n / 256) % 256, n % 256, weights[i])
  end
  return table.concat(packed)
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
  local size = only and 4 or 6
  local b = { bytes_of(only or centroid, 1, -1) }
  for i = 1, #b, size do
    local weight = b[i + 3]
    if size == 6 then weight = weight * 65536 + b[i + 4] * 256 + b[i + 5] end
    add(b[i] * 65536 + b[i + 1] * 256 + b[i + 2], weight)
  end
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
  for i = 1, most do
    local n, w = order[i], min(sum[order[i]], 16777215)
    out[i] = char(floor(n / 65536), floor(n / 256) % 256, n % 256, floor(w / 65536), floor(w / 256) % 256, w % 256)
  end
  return table.concat(out)
end

local function post(list, most, key)
  local seconds = floor(A.at / 1000)
  local entry = key .. char(floor(seconds / 16777216) % 256, floor(seconds / 65536) % 256, floor(seconds / 256) % 256,
    seconds % 256)
  for i = 1, min(most, #list) do
    local field = pack3({ list[i] })
    call('HSET', P .. 'p', field, sub((call('HGET', P .. 'p', field) or '') .. entry, -12 * C.postings))
  end
end

local function unpost(list, most, key)
  for i = 1, min(most, #list) do
    local field = pack3({ list[i] })
    local posted, kept = call('HGET', P .. 'p', field) or '', {}
    for j = 1, #posted, 12 do
      if sub(posted, j, j + 7) ~= key then kept[#kept + 1] = sub(posted, j, j + 11) end
    end
    if #kept == 0 then call('HDEL', P .. 'p', field) else call('HSET', P .. 'p', field, table.concat(kept)) end
  end
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
  unpost(unpack3(table.concat(posted)), C.posted, key)
  if v ~= '' or gone[HOW] == '' then unpost(unpack3(gone[ANCHORS]), #gone[ANCHORS], key) end
  for i = 1, #gone[KEYS_OF], 8 do
    local field = sub(gone[KEYS_OF], i, i + 7)
    local x = call('HGET', P .. 'x', field)
    if x and sub(x, 1, 8) == key then call('HDEL', P .. 'x', field) end
  end
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
