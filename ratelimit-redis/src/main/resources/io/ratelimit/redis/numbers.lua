-- Whole numbers and the stored form of a counter. Shared by all algorithms, which are the functions that follow.
--
-- All figures are whole numbers below 2^53, which a double holds exactly. Division is made of fmod, which is exact,
-- because the quotient of two large doubles may round up to the next whole number.
--
-- A part is what one decision asks of one counter: a table with
--   key                  KEYS[i]
--   algorithm            its functions, see decide.lua
--   permits, capacity    the limit's L, and B for the buckets, L for the others
--   window, tick         the window in ticks, and the tick in microseconds: 1, 1000 or 1000000
--   cost                 the permits asked for, at most twice the larger of permits and capacity
--   takenAt              in ticks, of a refund
--   now                  the clock in ticks
-- to which an algorithm's read adds
--   at                   the tick of the decision: now, or the state's last time if that is later
--   and the state, brought to that tick.

-- With a time of its own a test's counters do not expire, because real time passes differently.
local injectedTime = ARGV[1] ~= ''

local fmod, pack, unpack, text = math.fmod, struct.pack, struct.unpack, string.format

-- Limits keep 8 * max(L, B) * W within 2^53, and no state holds more than four times that product's eighth.
local LARGEST_USE = 2 ^ 51

local function floorDiv(dividend, divisor)
  local rest = fmod(dividend, divisor)
  if rest < 0 then
    rest = rest + divisor
  end
  return (dividend - rest) / divisor
end

local function ceilDiv(dividend, divisor)
  return -floorDiv(-dividend, divisor)
end

-- The tick at which a state of this last time is seen; nil if it is so far ahead that a wrong clock must have made it.
local function seenAt(part, last)
  local ahead = last - part.now
  if ahead <= 0 then
    return part.now
  end
  if ahead <= 4 * part.window or ahead <= 1000000 / part.tick then
    return last
  end
  return nil
end

-- A string command that reads; a key of another type reads as an empty string, for what is written next replaces it.
local function readString(command, key, ...)
  local reply = redis.pcall(command, key, ...)
  if not reply then
    return ''
  end
  if type(reply) == 'table' then
    if not string.find(reply.err, 'WRONGTYPE', 1, true) then
      return redis.call(command, key, ...)
    end
    return ''
  end
  return reply
end

-- The instant at which the counter equals a fresh one, in milliseconds since the epoch, rounded up: when its key expires.
local function expiry(part)
  return text('%.0f', ceilDiv((part.at + part.algorithm.resetAfter(part)) * part.tick, 1000))
end

-- Writes the whole value of a counter. One that equals a fresh one is not kept.
local function writeString(part, value)
  if injectedTime then
    redis.call('SET', part.key, value)
  elseif part.algorithm.resetAfter(part) == 0 then
    redis.call('DEL', part.key)
  else
    redis.call('SET', part.key, value, 'PXAT', expiry(part))
  end
end

-- The bytes that a tick since the epoch takes, until the year 3000 and beyond.
local function timeWidth(part)
  return part.tick == 1 and 7 or part.tick == 1000 and 6 or 5
end

-- Value of the counters that are a tick and one or two counts: big-endian, the tick first, in timeWidth bytes, then the
-- counts in equal shares of the rest, as few bytes as the larger one needs. A dozen bytes together, mostly.
local function readCounts(part, counts)
  local value = readString('GET', part.key)
  local time = timeWidth(part)
  local width = (#value - time) / counts
  if width < 1 or width > 7 or width ~= math.floor(width) then
    return nil
  end
  local format = '>I' .. time .. 'I' .. width
  if counts == 2 then
    format = format .. 'I' .. width
  end
  return unpack(format, value)
end

local function writeCounts(part, time, one, other)
  local width, bound = 1, 256
  while one >= bound or other and other >= bound do
    width, bound = width + 1, bound * 256
  end
  if other then
    writeString(part, pack('>I' .. timeWidth(part) .. 'I' .. width .. 'I' .. width, time, one, other))
  else
    writeString(part, pack('>I' .. timeWidth(part) .. 'I' .. width, time, one))
  end
end
