-- What all scripts of the story memory share. The parts are joined by redis.py, this one first.
-- KEYS[1] = prefix; its hash tag decides the slot, and every key below lies under it. ARGV[1] = constants (MessagePack).
-- Loops over bytes are left to struct, and look-ups in one hash go together: the time of a script is that of its Lua.
--
-- a hash  article key -> record          s hash  story key -> story
-- x hash  headline or page key -> article key, time
-- p hash  term -> newest articles        f:<epoch>:<lang>  counters of terms
-- h zset of hours, q:<hour> list of what is to be forgotten then
-- w hash  story key -> watches;  story key .. watch -> { id that opened it, told facts, each with who told it }
-- m hash  article key -> { story key, watches };  article key .. watch -> ruling
-- n hash  totals                         wm hash  partition -> time, wall clock
local P = KEYS[1] .. ':'
local C = cmsgpack.unpack(ARGV[1])
local HOUR = 3600000
local call, floor, abs, sqrt, log, max, min = redis.call, math.floor, math.abs, math.sqrt, math.log, math.max, math.min
local find, rep, sub = string.find, string.rep, string.sub
local bytes_of, values_of = struct.pack, struct.unpack
local pack, unpacked = cmsgpack.pack, cmsgpack.unpack

-- Positions in records, stories and facts.
local STORY, AT, LANG, VECTOR, ANCHORS, KEYS_OF, LOUD, COMPANIES, CATEGORIES, FIGURES, ID, ROLE, NOVELTY, HOW, SIM,
  NEAREST, LATE, ORDER, SUBJECTS, RESTS = 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20
local S_ID, S_AT, S_LANG, S_SOURCE, S_ARTICLES, S_VECTORS, S_CENTROID, S_POINTS, S_QUEUED = 1, 2, 3, 4, 5, 6, 7, 8, 9
local KEY, GROUP, NUMBER, SLACK, STRENGTH, BY = 1, 2, 3, 4, 5, 6

local function whole(n) return string.format('%.0f', n) end

-- Numbers of 24 bits as three bytes each.
local function pack3(list) return bytes_of('>' .. rep('I3', #list), unpack(list)) end
local function unpack3(s)
  local out = { values_of('>' .. rep('I3', #s / 3), s) }
  out[#out] = nil -- where the reading ended
  return out
end
local function set_of(list)
  local set = {}
  for i = 1, #list do set[list[i]] = true end
  return set
end

local function enqueue(at, what)
  local hour = whole(floor(at / HOUR))
  if call('RPUSH', P .. 'q:' .. hour, what) % 64 == 1 then
    call('PEXPIRE', P .. 'q:' .. hour, C.backstop)
    call('ZADD', P .. 'h', hour, hour)
  end
end

-- The rules of news.py.
local function known(p, told)
  for i = 1, #told do
    local t = told[i]
    if t[GROUP] == p[GROUP] then
      if abs(p[NUMBER] - t[NUMBER]) <= max(p[SLACK], t[SLACK]) then return true end
    elseif p[GROUP] >= C.count_bit and t[GROUP] >= C.count_bit and p[NUMBER] == t[NUMBER] then
      return true -- 40 dead and 40 people
    end
  end
  return false
end
local function is_news(p, told, retells)
  if known(p, told) then return false end
  local strength = p[STRENGTH]
  if strength == C.strength.any and not retells then return true end
  local any, near, beyond = false, false, true
  for i = 1, #told do
    local t = told[i]
    if t[GROUP] == p[GROUP] then
      any = true
      if p[NUMBER] <= 2 * t[NUMBER] and t[NUMBER] <= 2 * p[NUMBER] then near = true end
      if p[NUMBER] <= t[NUMBER] then beyond = false end
    end
  end
  if strength <= C.strength.any then return near end
  if not any then return false end
  if strength == C.strength.step then return p[NUMBER] < 0 or beyond end
  return true
end
-- Keys of the facts that are news to someone who was told `told`. `loud` nil: every fact stands out.
local function news(points, loud, told)
  local outspoken, retells, keys = {}, false, {}
  for i = 1, #points do
    local p = points[i]
    if loud and not loud[p[KEY]] and loud[p[KEY] + C.lead_bit] then
      p = { p[KEY], p[GROUP], p[NUMBER], p[SLACK], C.strength.revision } -- of the lead: news only as a revision
    elseif p[STRENGTH] == C.strength.never or (loud and not loud[p[KEY]]) then
      p = nil
    end
    if p then
      outspoken[#outspoken + 1] = p
      if p[STRENGTH] <= C.strength.any and known(p, told) then retells = true end
    end
  end
  for i = 1, #outspoken do
    if is_news(outspoken[i], told, retells) then keys[#keys + 1] = outspoken[i][KEY] end
  end
  return keys
end
