-- How alike the article is to what is remembered: the same arithmetic as similarity.py, in whole numbers.
local A = cjson.decode(ARGV[3])
local terms, weights, mine = {}, {}, {}
local own_words, own_meanings, own_count = 0, 0, 0 -- squared lengths of words and concepts; number of words

local records, stories = {}, {}
local function record(k)
  local r = records[k]
  if r == nil then
    local raw = call('HGET', P .. 'a', k)
    r = raw and unpacked(raw) or false
    records[k] = r
  end
  return r
end
local function story(k)
  local s = stories[k]
  if s == nil then
    local raw = call('HGET', P .. 's', k)
    s = raw and unpacked(raw) or false
    stories[k] = s
  end
  return s
end

-- Counts the article's terms; how often each was used in this and the previous epoch, and the number of articles.
local function frequencies(when)
  local epoch = floor(when / C.epoch)
  local function counters(e) return e .. ':' .. A.lang end
  local add, get = {}, {}
  for i = 1, #A.terms do
    local slot = '#' .. (A.terms[i] % C.slots)
    local j, k = 4 * i, 3 * i
    add[j - 3], add[j - 2], add[j - 1], add[j] = 'INCRBY', 'u16', slot, 1
    get[k - 2], get[k - 1], get[k] = 'GET', 'u16', slot
  end
  local n = call('HINCRBY', P .. 'n', 'e:' .. counters(epoch), 1)
    + tonumber(call('HGET', P .. 'n', 'e:' .. counters(epoch - 1)) or 0)
  if #A.terms == 0 then return {}, n end
  local now, before = P .. 'f:' .. counters(epoch), P .. 'f:' .. counters(epoch - 1)
  if call('EXISTS', now) == 0 then call('SETRANGE', now, 2 * C.slots - 1, '\0') end -- at once, in its final size
  local found = call('BITFIELD', now, 'OVERFLOW', 'SAT', unpack(add))
  call('PEXPIRE', now, C.backstop)
  if call('EXISTS', before) == 1 then
    local more = call('BITFIELD', before, unpack(get))
    for i = 1, #found do found[i] = found[i] + more[i] end
  end
  return found, n
end

local function weigh(when)
  local found, n = frequencies(when)
  local heavy = {}
  for i = 1, #A.terms do
    local idf = log((n + C.prior) / (found[i] + 1))
    if idf > 0 then heavy[#heavy + 1] = { A.weights[i] * idf, A.terms[i] } end
  end
  table.sort(heavy, function(a, b)
    if a[1] ~= b[1] then return a[1] > b[1] end
    return a[2] < b[2]
  end)
  local length, most = 0, min(#heavy, C.terms)
  for i = 1, most do length = length + heavy[i][1] * heavy[i][1] end
  length = sqrt(length)
  for i = 1, most do
    local term, w = heavy[i][2], floor(heavy[i][1] / length * C.scale + 0.5)
    if w > 0 then
      terms[#terms + 1], weights[#weights + 1], mine[term] = term, w, w
      if term < C.concept_bit then
        own_words, own_count = own_words + w * w, own_count + 1
      else
        own_meanings = own_meanings + w * w
      end
    end
  end
end

local function cosine(dot, own, other)
  if own == 0 or other == 0 then return 0 end
  return dot / sqrt(own * other)
end

-- Likeness to a packed vector (3 bytes a term, then `size` of weight), and how many of its terms are words.
local function alike(packed, size, across)
  local words, meanings, words_square, meanings_square, count = 0, 0, 0, 0, 0
  local b, bit = { bytes_of(packed, 1, -1) }, C.concept_bit
  for i = 1, #b, 3 + size do
    local term = b[i] * 65536 + b[i + 1] * 256 + b[i + 2]
    local weight = b[i + 3]
    if size == 3 then weight = weight * 65536 + b[i + 4] * 256 + b[i + 5] end
    local w = mine[term] or 0
    if term < bit then
      words, words_square, count = words + w * weight, words_square + weight * weight, count + 1
    else
      meanings, meanings_square = meanings + w * weight, meanings_square + weight * weight
    end
  end
  local names = cosine(words, own_words, words_square)
  if not across then return names, count end
  return (2.0 * names + cosine(meanings, own_meanings, meanings_square)) / 3.0, count
end

local function shares(list, packed)
  if #list == 0 or packed == '' then return false end
  local other = unpack3(packed)
  for i = 1, #other do
    for j = 1, #list do if list[j] == other[i] then return true end end
  end
  return false
end

-- Articles within `window` that share most of the rarest terms, best first.
local function candidates(window)
  local shared, keys = {}, {}
  local seconds = floor(A.at / 1000)
  local function lead(term, weight)
    local posted = call('HGET', P .. 'p', pack3({ term })) or ''
    for i = 1, #posted, 12 do
      local b1, b2, b3, b4 = bytes_of(posted, i + 8, i + 11)
      if abs(seconds - (b1 * 16777216 + b2 * 65536 + b3 * 256 + b4)) * 1000 <= window then
        local k = sub(posted, i, i + 7)
        if not shared[k] then keys[#keys + 1] = k end
        shared[k] = (shared[k] or 0) + weight * weight
      end
    end
  end
  for i = 1, min(C.posted, #terms) do lead(terms[i], weights[i]) end
  for i = 1, #A.anchors do lead(A.anchors[i], C.anchor_weight) end
  local best = {} -- of a hundred keys or more only the first few are wanted
  for i = 1, #keys do
    local k, place = keys[i], #best
    while place > 0 and (shared[k] > shared[best[place]] or (shared[k] == shared[best[place]] and k < best[place])) do
      place = place - 1
    end
    if place < C.candidates then
      table.insert(best, place + 1, k)
      best[C.candidates + 1] = nil
    end
  end
  return best
end

-- Whether both are about companies, but about others.
local function apart(r)
  local subjects = r[SUBJECTS] or '' -- a record of an earlier version has none
  return #A.subjects > 0 and subjects ~= '' and not shares(A.subjects, subjects)
end

-- The similarity from which the article belongs to the story of `r`, and by which evidence.
local function bar(r, across, score, count)
  local shorter = max(1, min(own_count, count))
  local height = C.link * min(1.0, C.short / shorter)
  if across then height = max(height, C.link_across) end
  if apart(r) and shorter <= C.short then height = height * C.link_apart end
  if across and score < height and shares(A.companies, r[COMPANIES]) and shares(A.categories, r[CATEGORIES])
    and shares(A.figures, r[FIGURES]) then
    return C.link_anchored, 'anchor'
  end
  return height, 'similarity'
end

-- The candidate that lies furthest above its bar: evidence, similarity, article key.
local function most_alike(window)
  local keys, most = candidates(window), nil
  local how, similarity, nearest = nil, 0, nil
  for i = 1, #keys do
    local r = record(keys[i])
    local across = A.lang ~= r[LANG]
    local near, count = alike(r[VECTOR], 1, across)
    local s = story(r[STORY])
    local centre = near
    if s[S_VECTORS] > 1 then
      s.mine = s.mine or {}
      s.mine[across] = s.mine[across] or alike(s[S_CENTROID], 3, across)
      centre = s.mine[across]
    end
    local days = abs(A.at - r[AT]) / C.half_life
    local score = ((1.0 - C.centroid) * near + C.centroid * centre) * (0.5 + 0.5 / (1.0 + days * days))
    if shares(A.figures, r[FIGURES]) and not apart(r) then score = max(score, min(C.agreed, C.agree * score)) end
    local height, by = bar(r, across, score, count)
    if score >= height and (most == nil or score - height > most) then
      most, how, similarity, nearest = score - height, by, score, keys[i]
    end
  end
  return how, similarity, nearest
end
