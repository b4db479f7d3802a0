-- What all scripts of the story memory share. The parts are joined by redis.py, this one first.
-- KEYS[1] = prefix; its hash tag decides the slot, and every key below lies under it.
-- C = the thresholds, as redis.py writes them before this.
-- Loops over bytes are left to struct, and look-ups in one hash go together: the time of a script is that of its Lua.
--
-- a hash  article key -> record          s hash  story key -> story
-- x hash  headline or page key -> article key, time
-- p hash  term -> newest articles        f:<epoch>:<lang>  counters of terms
-- h zset of hours, q:<hour> list of what is to be forgotten then
-- w hash  story key -> watches;  story key .. watch -> { id that opened it, told facts, each with who told it, for which
--         time, and whether it was loud }; what an earlier version told has neither of the two
-- m hash  article key -> { story key, watches };  article key .. watch -> ruling
-- n hash  totals                         wm hash  partition -> time, wall clock
local P = KEYS[1] .. ':'
local HOUR = 3600000
local call, floor, abs, sqrt, log, max, min = redis.call, math.floor, math.abs, math.sqrt, math.log, math.max, math.min
local find, rep, sub = string.find, string.rep, string.sub
local bytes_of, values_of = struct.pack, struct.unpack
local pack, unpacked = cmsgpack.pack, cmsgpack.unpack

-- Positions in records, stories and facts.
local STORY, AT, LANG, VECTOR, ANCHORS, KEYS_OF, LOUD, COMPANIES, CATEGORIES, FIGURES, ID, ROLE, NOVELTY, HOW, SIM,
  NEAREST, LATE, ORDER, SUBJECTS, RESTS, NAMING, HEADLINED, DOLLARS, ABROAD =
  1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24
local S_ID, S_AT, S_LANG, S_SOURCE, S_ARTICLES, S_VECTORS, S_CENTROID, S_TOLD, S_QUEUED = 1, 2, 3, 4, 5, 6, 7, 8, 9
local KEY, GROUP, NUMBER, SLACK, STRENGTH, BY, TIME, STOOD_OUT = 1, 2, 3, 4, 5, 6, 7, 8

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
