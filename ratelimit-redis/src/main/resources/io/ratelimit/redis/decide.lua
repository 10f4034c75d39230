-- Takes decisions, one after the other and all at one instant. Each one reads all its counters, and then changes all of
-- them or none.
--
-- KEYS[i]      the counter of part i; parts are numbered through all decisions, a key may come more than once
-- ARGV[1]      the time in microseconds since the epoch; empty: this server's. A given time is a test's: nothing expires
-- ARGV[2]      the decisions, five bytes each, big-endian:
--                c1  a acquire, p peek, c charge, r refund, x reset
--                I2  its enforced parts, I2  its shadow parts, which are decided iff the enforced ones are all allowed
-- ARGV[2 + i]  what is asked of KEYS[i], big-endian:
--                c2  the code of the algorithm: fw, sl, sc, tb, lb
--                I3  the tick in microseconds
--                I7  permits, I7  capacity in permits, I7  window in ticks
--                I7  cost in permits
--                i8  of a refund: the tick at which it was taken, 2^53 if just now
-- reply        six integers for each part decided: allowed (1 or 0), remaining permits, retryAfter (-1: never),
--              resetAfter, delay, and the instant of the decision, the last four in ticks
--
-- An algorithm is a table of functions of a part (see numbers.lua): read; write, which is also told the ticks until the
-- counter equals a fresh one; admits, take, debit (of a charge), credit (of a refund); remaining, retryAfter, resetAfter
-- and, where admitted requests wait, delay.

local PART, DECISION, DECISION_SIZE = '>c2I3I7I7I7I7i8', '>c1I2I2', 5
local JUST_NOW = 2 ^ 53

local nowMicros
if givenTime then
  nowMicros = tonumber(ARGV[1])
else
  local time = call('TIME')
  nowMicros = time[1] * 1000000 + time[2]
end

local algorithms, reply, replied = {}, {}, 0

local function describe(index)
  local code, tick, permits, capacity, window, cost, takenAt = unpack(PART, ARGV[2 + index])
  local algorithm = algorithms[code]
  if not algorithm then
    algorithm = algorithmOf(code)
    algorithms[code] = algorithm
  end
  return {
    key = KEYS[index],
    algorithm = algorithm,
    permits = permits,
    capacity = capacity,
    window = window,
    tick = tick,
    -- A larger cost changes no answer, and the products of this one are exact.
    cost = min(cost, 2 * max(permits, capacity)),
    takenAt = takenAt,
    now = floorDiv(nowMicros, tick),
  }
end

local function open(index)
  local part = describe(index)
  part.algorithm.read(part)
  return part, part.algorithm
end

local function say(allowed, remaining, retryAfter, resetAfter, delay, at)
  reply[replied + 1] = allowed and 1 or 0
  reply[replied + 2] = remaining
  reply[replied + 3] = retryAfter
  reply[replied + 4] = resetAfter
  reply[replied + 5] = delay
  reply[replied + 6] = at
  replied = replied + 6
end

local function answer(part, allowed, retryAfter, resetAfter, delay)
  say(allowed, part.algorithm.remaining(part), retryAfter, resetAfter, delay, part.at)
end

-- Answers without reading what is gone now: a node whose slot is on its way would send us to the next one for it.
local function reset(part)
  call('DEL', part.key)
  say(true, part.capacity, 0, 0, 0, part.now)
end

local function writeAndAnswer(part, algorithm, delay)
  local resetAfter = algorithm.resetAfter(part)
  algorithm.write(part, resetAfter)
  answer(part, true, 0, resetAfter, delay)
end

-- Decides some parts together; returns whether all of them allow. Of a denial every part says what it alone would have
-- said, but nobody waits for a turn.
local function decide(first, last, taking)
  local parts, allowed = {}, true
  for index = first, last do
    local part, algorithm = open(index)
    part.admitted = algorithm.admits(part)
    allowed = allowed and part.admitted
    parts[#parts + 1] = part
  end
  for i = 1, #parts do
    local part = parts[i]
    local algorithm = part.algorithm
    if not allowed then
      local retryAfter = 0
      if not part.admitted then
        retryAfter = part.cost > part.capacity and -1 or algorithm.retryAfter(part)
      end
      answer(part, part.admitted, retryAfter, algorithm.resetAfter(part), 0)
    else
      local delay = algorithm.delay and algorithm.delay(part) or 0
      if taking then
        algorithm.take(part)
        writeAndAnswer(part, algorithm, delay)
      else
        answer(part, true, 0, algorithm.resetAfter(part), delay)
      end
    end
  end
  return allowed
end

local next = 1
for offset = 1, #ARGV[2], DECISION_SIZE do
  local operation, enforced, shadow = unpack(DECISION, ARGV[2], offset)
  local last = next + enforced - 1
  if operation == 'a' or operation == 'p' then
    if decide(next, last, operation == 'a') and shadow > 0 then
      decide(last + 1, last + shadow, operation == 'a')
    end
  else
    for index = next, last do
      if operation == 'x' then
        reset(describe(index))
      else
        local part, algorithm = open(index)
        if operation == 'c' then
          algorithm.debit(part)
        else
          part.takenAt = part.takenAt == JUST_NOW and part.at or part.takenAt
          algorithm.credit(part)
        end
        writeAndAnswer(part, algorithm, 0)
      end
    end
  end
  next = last + 1 + shadow
end
return reply
