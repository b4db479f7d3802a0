-- How alike the article is to what is remembered: the same arithmetic as similarity.py, in whole numbers.
local A = unpacked(ARGV[2])
local terms, weights, mine = {}, {}, {}
local keys = { values_of(rep('c8', #ARGV[3] / 8), ARGV[3]) } -- of the article, its story, then lists as long as it says
local taken = 2
local function next_keys(count)
  local list = {}
  for i = 1, count do list[i] = keys[taken + i] end
  taken = taken + count
  return list
end
local titles, patterns, pages, rests = next_keys(#A.titles), next_keys(A.patterns), next_keys(#A.pages), next_keys(#A.rests)
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
-- Records or stories that will be asked for, in one call.
local function fetch(hash, into, keys)
  local missing = {}
  for i = 1, #keys do
    if into[keys[i]] == nil then missing[#missing + 1] = keys[i] end
  end
  if #missing == 0 then return end
  local raws = call('HMGET', P .. hash, unpack(missing))
  for i = 1, #missing do into[missing[i]] = raws[i] and unpacked(raws[i]) or false end
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
  local now, before = whole(epoch) .. ':' .. A.lang, whole(epoch - 1) .. ':' .. A.lang
  local n = call('HINCRBY', P .. 'n', 'e:' .. now, 1)
  local all = n + tonumber(call('HGET', P .. 'n', 'e:' .. before) or 0)
  if #A.terms == 0 then return {}, all end
  local add, get = {}, {}
  for i, slot in ipairs(A.slots) do
    local j, k = 4 * i, 3 * i
    add[j - 3], add[j - 2], add[j - 1], add[j] = 'INCRBY', 'u16', slot, '1'
    get[k - 2], get[k - 1], get[k] = 'GET', 'u16', slot
  end
  now, before = P .. 'f:' .. now, P .. 'f:' .. before
  if call('EXISTS', now) == 0 then call('SETRANGE', now, 2 * C.slots - 1, '\0') end -- in its final size
  local found = call('BITFIELD', now, 'OVERFLOW', 'SAT', unpack(add))
  call('PEXPIRE', now, C.backstop)
  if call('EXISTS', before) == 1 then
    local more = call('BITFIELD', before, unpack(get))
    for i = 1, #found do found[i] = found[i] + more[i] end
  end
  return found, all
end

-- Weight and term as one number, so that sorting needs no function: the heavier, then the smaller term, is the greater.
local function weigh(when)
  local found, n = frequencies(when)
  local heavy = {}
  for i = 1, #A.terms do
    local idf = log((n + C.prior) / (found[i] + 1))
    if idf > 0 then
      local w = min(floor(A.weights[i] * idf * C.fine), C.finest)
      heavy[#heavy + 1] = w * C.term_top + C.term_top - 1 - A.terms[i]
    end
  end
  table.sort(heavy)
  local length, last = 0, max(1, #heavy - C.terms + 1)
  for i = #heavy, last, -1 do
    local w = floor(heavy[i] / C.term_top)
    length = length + w * w
  end
  length = sqrt(length)
  for i = #heavy, last, -1 do
    local both = heavy[i]
    local term, w = C.term_top - 1 - both % C.term_top, floor(floor(both / C.term_top) / length * C.scale + 0.5)
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

-- A packed vector as term, weight, term, weight ...; a weight has `size` bytes.
local function flat(packed, size)
  local count = #packed / (3 + size)
  return { values_of('>' .. rep(size == 1 and 'I3B' or 'I3I3', count), packed) }, 2 * count
end

-- Likeness to a packed vector, and how many of its terms are words.
local function alike(packed, size, across)
  local words, meanings, words_square, meanings_square, count = 0, 0, 0, 0, 0
  local v, most = flat(packed, size)
  local bit = C.concept_bit
  for i = 1, most, 2 do
    local term, weight = v[i], v[i + 1]
    local w = mine[term]
    if term < bit then
      words_square, count = words_square + weight * weight, count + 1
      if w then words = words + w * weight end
    elseif across then
      meanings_square = meanings_square + weight * weight
      if w then meanings = meanings + w * weight end
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

-- The terms that lead to the article, as fields of `p`, and what each leads to so far.
local leading, leads_to
local function postings()
  if not leading then
    leading = {}
    for i = 1, min(C.posted, #terms) do leading[i] = bytes_of('>I3', terms[i]) end
    for i = 1, #A.anchors do leading[#leading + 1] = bytes_of('>I3', A.anchors[i]) end
    leads_to = #leading > 0 and call('HMGET', P .. 'p', unpack(leading)) or {}
  end
  return leading, leads_to
end

-- Articles within `window` that share most of the rarest terms, best first.
local function candidates(window)
  local shared, keys = {}, {}
  local ranked, seconds = min(C.posted, #terms), floor(A.at / 1000)
  local from, to = seconds - window / 1000, seconds + window / 1000
  local fields, found = postings()
  for n = 1, #fields do
    local posted = found[n] or ''
    local weight = n <= ranked and weights[n] or C.anchor_weight
    local worth = weight * weight
    local entries = { values_of('>' .. rep('c8I4', #posted / 12), posted) }
    for i = 1, #entries - 1, 2 do
      local k = entries[i]
      local at, before = entries[i + 1], shared[k]
      if before then
        shared[k] = before + worth
      elseif at >= from and at <= to then
        keys[#keys + 1] = k
        shared[k] = worth
      end
    end
  end
  local best = {} -- of a hundred keys or more only the first few are wanted
  for i = 1, #keys do
    local k, place = keys[i], #best
    local worth = shared[k]
    while place > 0 do
      local theirs = shared[best[place]]
      if worth < theirs or (worth == theirs and k > best[place]) then break end
      place = place - 1
    end
    if place < C.candidates then
      table.insert(best, place + 1, k)
      best[C.candidates + 1] = nil
    end
  end
  return best
end

local function any_of(list, has)
  for i = 1, #list do if has[list[i]] then return true end end
  return false
end

-- Whether both are about companies, but about others.
local function about_others(r)
  local subjects = r[SUBJECTS] or '' -- a record of an earlier version has none
  return #A.subjects > 0 and subjects ~= '' and not shares(A.subjects, subjects)
end

-- Whether the same words tell of two events: each is about a company of its own. But what a government does to all,
-- no company in the headline, each outlet tells with an example of its own.
local function two_events(r)
  if not about_others(r) then return false end
  local said = any_of(A.subjects, set_of(A.headlined)) or shares(unpack3(r[SUBJECTS]), r[HEADLINED] or '')
  return said or not A.governed
end

-- Whether they are about others, and do not each name whom the other is about.
local function apart(r)
  return about_others(r) and not (shares(A.subjects, r[COMPANIES]) and shares(A.companies, r[SUBJECTS]))
end

local function beside_those(list, those)
  local left = {}
  for i = 1, #list do if not those[list[i]] then left[#left + 1] = list[i] end end
  return left
end

-- Whether both are about one company, and each headline names others.
local function with_others(r)
  local theirs, shared = set_of(unpack3(r[SUBJECTS] or '')), {}
  for i = 1, #A.subjects do shared[A.subjects[i]] = theirs[A.subjects[i]] end
  if not next(shared) then return false end
  local mine = beside_those(A.headlined, shared)
  local others = beside_those(unpack3(r[HEADLINED] or ''), shared) -- a record of an earlier version has none
  return #others > 0 and #mine > 0 and not any_of(mine, set_of(others))
end

-- Whether both headlines are one but for who acts, and neither says anything of the other's. A rest is who, its key last.
local function templated(r)
  if #rests == 0 or not r[RESTS] or shares(A.subjects, r[SUBJECTS] or '') then return false end
  for i = 1, #rests do
    for _, theirs in ipairs(r[RESTS]) do
      if theirs[#theirs] == rests[i] then
        local told = {}
        local v, most = flat(r[VECTOR], 1)
        for at = 1, most, 2 do told[v[at]] = true end
        if not any_of(A.rests[i], told) and not any_of(theirs, set_of(A.terms)) then return true end
      end
    end
  end
  return false
end

-- Whether both give an equal figure, or one gives in dollars or euros what the other gives in another currency.
local function one_figure(r)
  if shares(A.figures, r[FIGURES]) then return true end
  return shares(A.dollars, r[ABROAD] or '') or shares(A.abroad, r[DOLLARS] or '') -- none in one of an earlier version
end

-- Whether both share a company, a category and a figure or date; of no category, a subject and a sum.
local function anchored(r)
  if #A.categories == 0 and r[CATEGORIES] == '' then return shares(A.anchors, r[ANCHORS]) end
  return shares(A.companies, r[COMPANIES]) and shares(A.categories, r[CATEGORIES]) and one_figure(r)
end

-- A bar for tellings of which the shorter has so many words.
local function eased(bar, words) return bar * min(1.0, C.short / max(1, words)) end

-- How alike both are beside the terms of `naming`: in words, and in concepts.
local function beside(r, naming)
  local words, words_own, words_square, meanings, meanings_own, meanings_square = 0, 0, 0, 0, 0, 0
  for i = 1, #terms do
    local term, weight = terms[i], weights[i]
    if naming[term] then weight = 0 end
    if term < C.concept_bit then
      words_own = words_own + weight * weight
    else
      meanings_own = meanings_own + weight * weight
    end
  end
  local v, most = flat(r[VECTOR], 1)
  for i = 1, most, 2 do
    local term, weight = v[i], v[i + 1]
    if not naming[term] then
      local w = mine[term] or 0
      if term < C.concept_bit then
        words, words_square = words + w * weight, words_square + weight * weight
      else
        meanings, meanings_square = meanings + w * weight, meanings_square + weight * weight
      end
    end
  end
  return cosine(words, words_own, words_square), cosine(meanings, meanings_own, meanings_square)
end

-- Whether both share more than whom they are about; `count` is the number of words of `r`.
local function shares_news(r, count)
  local shorter = min(own_count, count)
  if shorter >= C.long or one_figure(r) or anchored(r) then return true end
  local naming, theirs = set_of(A.naming), unpack3(r[NAMING] or '') -- a record of an earlier version has none
  for i = 1, #theirs do naming[theirs[i]] = true end
  local words, meanings = beside(r, naming)
  return words >= eased(C.beside, shorter) or meanings >= (A.lang == r[LANG] and C.beside_meant or C.beside_across)
end

-- The similarity from which the article belongs to the story of `r`, and by which evidence.
local function bar(r, across, score, count)
  local shorter = min(own_count, count)
  local height = eased(C.link, shorter)
  if across then height = max(height, C.link_across) end
  if shorter <= C.short and (apart(r) or with_others(r)) then height = height * C.link_apart end
  if across and score < height and anchored(r) then return C.link_anchored, 'anchor' end
  return height, 'similarity'
end

-- The candidate that lies furthest above its bar: evidence, similarity, article key.
local function most_alike(window)
  local keys, most = candidates(window), nil
  local how, similarity, nearest = nil, 0, nil
  fetch('a', records, keys)
  local of = {}
  for i = 1, #keys do of[i] = records[keys[i]][STORY] end
  fetch('s', stories, of)
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
    if one_figure(r) and not apart(r) then score = max(score, min(C.agreed, C.agree * score)) end
    local height, by = bar(r, across, score, count)
    if score >= height and (most == nil or score - height > most) and not templated(r) and shares_news(r, count) then
      most, how, similarity, nearest = score - height, by, score, keys[i]
    end
  end
  return how, similarity, nearest
end
