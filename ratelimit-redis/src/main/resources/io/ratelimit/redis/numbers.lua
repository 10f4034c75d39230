-- Whole numbers, and how counters are stored. Shared by all algorithms, which are the functions that follow.
--
-- All figures are whole numbers below 2^53, which a double holds exactly. Division is made of fmod, which is exact,
-- because the quotient of two large doubles may round up to the next whole number. Numbers leave as arguments of
-- redis.call or through struct.pack; tostring and .. would round them.
--
-- A part is what one decision asks of one counter: a table with
--   key                  KEYS[i]
--   algorithm            its functions, see decide.lua
--   permits, capacity    the limit's L, and B for the buckets, L for the others
--   window, tick         the window in ticks, and the tick in microseconds: 1, 1000 or 1000000
--   cost                 the permits asked for, at most twice the larger of permits and capacity
--   takenAt              in ticks, of a refund
--   now                  the clock in ticks
-- to which the algorithm's read adds
--   at                   the tick of the decision: now, or the state's last time if that is later
--   and the state, brought to that tick.

-- A time that was given is a test's: nothing expires by it, because the server's own time passes differently.
local givenTime = ARGV[1] ~= ''

local call, fmod, min, max = redis.call, math.fmod, math.min, math.max
local pack, unpack = struct.pack, struct.unpack

-- Limits keep 8 * max(L, B) * W within 2^53, and no state holds more than twice max(L, B) * W.
local LARGEST_USE = 2 ^ 51

local function floorDiv(dividend, divisor)
  local rest = fmod(dividend, divisor)
  if rest < 0 then
    rest = rest + divisor
  end
  return (dividend - rest) / divisor
end

local function ceilDiv(dividend, divisor)
  local rest = fmod(dividend, divisor)
  if rest > 0 then
    rest = rest - divisor
  end
  return (dividend - rest) / divisor
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

-- What a command that reads strings says; a key of another type reads as empty, for what is written next replaces it.
local function readString(command, key, from, to)
  local reply = from and redis.pcall(command, key, from, to) or redis.pcall(command, key)
  if type(reply) == 'table' then
    if not string.find(reply.err, 'WRONGTYPE', 1, true) then
      error(reply.err)
    end
    return ''
  end
  return reply or ''
end

-- The instant at which the counter equals a fresh one, in milliseconds since the epoch, rounded up: when its key expires.
local function freshAt(part, resetAfter)
  return ceilDiv((part.at + resetAfter) * part.tick, 1000)
end

-- Writes the whole value of a counter. One that equals a fresh one is not kept.
local function writeString(part, value, resetAfter)
  if givenTime then
    call('SET', part.key, value)
  elseif resetAfter == 0 then
    call('DEL', part.key)
  else
    call('SET', part.key, value, 'PXAT', freshAt(part, resetAfter))
  end
end

-- Value of the counters that are a tick and one or two counts, big-endian: the tick in 7 bytes if it is a microsecond, in
-- 6 if it is a millisecond and in 5 if it is a second, which all last for centuries; then the counts in equal shares of
-- the rest, as few bytes as the larger one needs. Mostly not more than twelve bytes together.
local TICK_WIDTHS = { [1] = 7, [1000] = 6, [1000000] = 5 }
local FORMATS = { '>I1', '>I2', '>I3', '>I4', '>I5', '>I6', '>I7' }

local function readCounts(part, counts)
  local value, time = readString('GET', part.key), TICK_WIDTHS[part.tick]
  local width = (#value - time) / counts
  local format = FORMATS[width]
  if not format then
    return nil
  end
  return unpack(FORMATS[time], value), unpack(format, value, time + 1), counts == 2 and unpack(format, value, time + 1 + width)
end

local function writeCounts(part, resetAfter, time, one, other)
  local width, bound, largest = 1, 256, other and max(one, other) or one
  while largest >= bound do
    width, bound = width + 1, bound * 256
  end
  local value = pack(FORMATS[TICK_WIDTHS[part.tick]], time) .. pack(FORMATS[width], one)
  if other then
    value = value .. pack(FORMATS[width], other)
  end
  writeString(part, value, resetAfter)
end
