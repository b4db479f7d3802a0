-- What is news to someone who was told `told`, and what he is told by it: the rules of news.py. Joined after shared.
local function agree(p, t) return abs(p[NUMBER] - t[NUMBER]) <= max(p[SLACK], t[SLACK]) end
-- What a unit of a currency is worth in dollars; nil for what is no money.
local function rate(p) return C.rates[string.format('g%d', p[GROUP])] end
local function converted(p, t)
  local mine = rate(p)
  local theirs = mine and rate(t)
  if not theirs then return false end
  mine, theirs = p[NUMBER] * mine, t[NUMBER] * theirs
  return abs(mine - theirs) <= C.converted * max(mine, theirs)
end
-- Whether "more than 400" retells 433.
local function covers(p, t)
  local reach = C.reaches[string.format('s%d', p[STRENGTH])]
  return reach and reach.low * p[NUMBER] <= t[NUMBER] and t[NUMBER] <= reach.high * p[NUMBER]
end
-- What someone is told: a rough figure stands for itself.
local function firm(p)
  if not C.reaches[string.format('s%d', p[STRENGTH])] then return p end
  return { p[KEY], p[GROUP], p[NUMBER], p[SLACK], C.strength.any }
end
local function is_of_people(p) return C.people[string.format('g%d', p[GROUP])] end
local function known(p, told)
  for i = 1, #told do
    local t = told[i]
    if t[GROUP] == p[GROUP] then
      if agree(p, t) or covers(p, t) then return true end
    elseif p[GROUP] >= C.count_bit and t[GROUP] >= C.count_bit and p[NUMBER] == t[NUMBER] then
      return true -- 40 dead and 40 people
    elseif is_of_people(p) and is_of_people(t) and covers(p, t) then
      return true -- more than 400 workers are 433 jobs
    elseif converted(p, t) then
      return true -- each outlet converts to its own currency
    end
  end
  return false
end
local function near(p, t) return p[NUMBER] <= 2 * t[NUMBER] and t[NUMBER] <= 2 * p[NUMBER] end
local function time_of(t) return t[TIME] or 0 end
local function moment(at, told)
  if at then return at end
  at = 0
  for i = 1, #told do at = max(at, time_of(told[i])) end
  return at
end
local function is_step(p) return p[STRENGTH] == C.strength.step end
local function undoes(t, step)
  if step[NUMBER] >= 0 then return t[NUMBER] < 0 end
  return t[NUMBER] >= C.decided or (t[NUMBER] == C.denied and step[NUMBER] ~= C.denied)
end
-- What was told of the step's group since it was last undone, as far as `at` knows.
local function standing(step, at, told)
  local last, place, list = -1, 0, {}
  for i = 1, #told do
    local t, when = told[i], time_of(told[i])
    if t[GROUP] == step[GROUP] and when <= at and when >= last and undoes(t, step) then last, place = when, i end
  end
  for i = 1, #told do
    local when = time_of(told[i])
    if told[i][GROUP] == step[GROUP] and (when > last or (when == last and i > place)) then list[#list + 1] = told[i] end
  end
  return list
end
-- Whether it was told so long ago that outlets no longer retell it.
local function settled(at, told)
  local first = at
  for i = 1, #told do first = min(first, time_of(told[i])) end
  return #told > 0 and at >= first + C.retold
end
-- Whether one of the steps told in the last hours is such a one.
local function recently(list, group, at, is)
  for i = 1, #list do
    local t = list[i]
    if t[GROUP] == group and at < time_of(t) + C.retold and is(t[NUMBER]) then return true end
  end
  return false
end
local function is_setback(number) return number < 0 end
-- What forbids something, will, or is in force.
local function is_ban(number) return number == C.forbids or (number < 0 and number >= C.halted) end
-- Whether it is what the next outlet says of a step told in the last hours.
local function another_verb(step, at, told, since)
  local number = step[NUMBER]
  if number > C.decided then
    local from = number == C.started and C.planned or C.started
    return recently(since, step[GROUP], at, function(n) return n >= from end)
  end
  if number == C.decided or number == C.allows then
    return number == C.decided and recently(since, step[GROUP], at, function(n) return n == C.allows end)
  end
  if number >= 0 then return recently(told, step[GROUP], at, is_setback) end
  return number >= C.halted and recently(since, step[GROUP], at, is_ban)
end
local function goes_on(step, at, told)
  local any = false
  for i = 1, #told do
    if told[i][GROUP] == step[GROUP] then
      any = true
      if time_of(told[i]) > at and undoes(told[i], step) then return false end
    end
  end
  if not any then -- how far it was is not known
    local changes = step[NUMBER] < 0 or step[NUMBER] == C.decided
    return step[NUMBER] == C.denied or (changes and settled(at, told))
  end
  local since = standing(step, at, told)
  if another_verb(step, at, told, since) then return false end
  for i = 1, #since do
    if agree(step, since[i]) or (step[NUMBER] >= 0 and step[NUMBER] < since[i][NUMBER]) then return false end
  end
  return true
end
-- Whether the article names none of what was told loud in the same sense as `p`, and came after it.
local function replaces(points, p, at, told)
  local any, group = false, p[GROUP]
  for i = 1, #told do
    local t = told[i]
    if t[GROUP] == group and t[STOOD_OUT] and t[STRENGTH] == p[STRENGTH] then
      any = true
      if time_of(t) > at then return false end
      for j = 1, #points do
        if points[j][GROUP] == group and agree(points[j], t) then return false end
      end
    end
  end
  return any
end
local function differs(p, at, points, told, retells)
  if known(p, told) then return false end
  if p[STRENGTH] == C.strength.notice then return true end
  p = firm(p)
  if p[STRENGTH] == C.strength.other then return replaces(points, p, at, told) end
  local turns, changes = p[STRENGTH] == C.strength.turn, false
  for i = 1, #told do
    local t = told[i]
    if t[GROUP] == p[GROUP] and (turns or near(p, t)) then
      if time_of(t) > at then return false end
      changes = true
    end
  end
  if changes or turns then return changes end
  return p[STRENGTH] == C.strength.any and (not retells or replaces(points, p, at, told))
end
local function is_figure(p)
  p = firm(p)
  return p[STRENGTH] == C.strength.revision or p[STRENGTH] == C.strength.any
end
local function any_loud(points, loud, is)
  for i = 1, #points do
    if is(points[i]) and (not loud or loud[points[i][KEY]]) then return true end
  end
  return false
end
-- Whether the headline has a figure of its own.
local function headlined(points, loud) return any_loud(points, loud, is_figure) end
-- Keys of the facts that are news to someone who was told `told`. `loud` nil: every fact is. `at` nil: it speaks for now.
local function news(points, loud, at, told)
  at = moment(at, told)
  local outspoken, retells, keys, own = {}, false, {}, headlined(points, loud)
  local aside = any_loud(points, loud, rate) and settled(at, told) -- the headline has a sum
  for i = 1, #points do
    local p = points[i]
    local aloud = not loud or loud[p[KEY]]
    local leads = not aloud and loud[p[KEY] + C.lead_bit]
    if leads or (aloud and p[STRENGTH] ~= C.strength.never) then
      retells = retells or ((aloud or not aside) and is_figure(p) and known(p, told))
      -- of the lead: news only as a revision, and beside no figure of the headline
      if leads then p = not own and not known(p, told) and { p[KEY], p[GROUP], p[NUMBER], p[SLACK], C.strength.revision } or nil end
      outspoken[#outspoken + 1] = p
    end
  end
  for i = 1, #outspoken do
    local p, new = outspoken[i], nil
    if is_step(p) then new = goes_on(p, at, told) else new = differs(p, at, points, told, retells) end
    if new then keys[#keys + 1] = p[KEY] end
  end
  return keys
end
-- Whether it says what nobody was told (the keys `have`); of a step, since the last that undid it.
local function adds(p, at, told, have)
  if not is_step(p) then return not have[p[KEY]] end
  local since = standing(p, at, told)
  for i = 1, #since do if agree(p, since[i]) then return false end end
  return true
end
-- Adds to `told` what it does not hold yet, and never leaves it empty; when it is full, a loud fact drives out a quiet
-- one. Whether it added any.
local function tell(told, points, loud, at, by)
  at = moment(at, told)
  local have, fresh = {}, {}
  for i = 1, #told do have[told[i][KEY]] = true end
  for i = 1, #points do
    if adds(points[i], at, told, have) then fresh[#fresh + 1] = points[i] end
  end
  local own, added = headlined(points, loud), false
  for i = 1, #fresh do
    local p = firm(fresh[i])
    local stands_out = not loud or loud[p[KEY]] or (not own and loud[p[KEY] + C.lead_bit]) or false
    if #told >= C.facts and stands_out then
      local place = 1
      for n = #told, 1, -1 do if not told[n][STOOD_OUT] then place = n end end
      table.remove(told, place)
    end
    if #told < C.facts then
      told[#told + 1], added = { p[KEY], p[GROUP], p[NUMBER], p[SLACK], p[STRENGTH], by, at, stands_out }, true
    end
  end
  if #told == 0 then told[1], added = { 0, 0, 0, 0, C.strength.never, by, at, false }, true end
  return added
end
