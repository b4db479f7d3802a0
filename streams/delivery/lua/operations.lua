-- The operations by name; joined last.
local always = { rebuild = rebuild, begin = begin, hold = hold, resume = resume, released = released,
  reported = reported, waiting = waiting, channels = channels, outlived = outlived }
local whole = { intend = intend, claim = claim, sent = sent, found = found, again = again, dead = dead, buried = buried,
  edit = edit, edited = edited, receipts = receipts, relocate = relocate, put_off = put_off,
  unwanted = unwanted }
look_at_the_clock()
if always[op] then return always[op]() end
if redis.call('EXISTS', p .. 'epoch') == 0 then return redis.error_reply('FORGOTTEN the delivery book is empty') end
return whole[op]()
