-- Takes decisions, one after the other and all at one instant. Each one reads all its counters, and then changes all of
-- them or none.
--
-- KEYS[i]      the counter of part i; parts are numbered through all decisions, a key may come more than once
-- ARGV[1]      the time in microseconds since the epoch; empty: this server's. A given time is a test's: nothing expires
-- ARGV[2]      the decisions, five bytes each:
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
-- An algorithm is a table of functions of a part (see numbers.lua): read, write, admits, take, debit (of a charge), credit
-- (of a refund), remaining, retryAfter, resetAfter and, where admitted requests wait, delay.

local PART, DECISION, DECISION_SIZE = '>c2I3I7I7I7I7i8', '>c1I2I2', 5
local JUST_NOW = 2 ^ 53

local nowMicros
if injectedTime then
  nowMicros = tonumber(ARGV[1])
else
  local time = redis.call('TIME')
  nowMicros = time[1] * 1000000 + time[2]
end

local algorithms, reply = {}, {}

local function algorithmOf(code)
  local algorithm = algorithms[code]
  if not algorithm then
    algorithm = loaders[code]()
    algorithms[code] = algorithm
  end
  return algorithm
end

local function open(index)
  local code, tick, permits, capacity, window, cost, takenAt = unpack(PART, ARGV[2 + index])
  local algorithm = algorithmOf(code)
  local part = {
    key = KEYS[index],
    algorithm = algorithm,
    permits = permits,
    capacity = capacity,
    window = window,
    tick = tick,
    -- A larger cost changes no answer, and the products of this one are exact.
    cost = math.min(cost, 2 * math.max(permits, capacity)),
    takenAt = takenAt,
    now = floorDiv(nowMicros, tick),
  }
  algorithm.read(part)
  return part
end

local function answer(part, allowed, retryAfter, delay)
  local algorithm, size = part.algorithm, #reply
  reply[size + 1] = allowed and 1 or 0
  reply[size + 2] = algorithm.remaining(part)
  reply[size + 3] = retryAfter
  reply[size + 4] = algorithm.resetAfter(part)
  reply[size + 5] = delay
  reply[size + 6] = part.at
end

local function wait(part)
  return part.algorithm.delay and part.algorithm.delay(part) or 0
end

local function take(part)
  local delay = wait(part)
  part.algorithm.take(part)
  part.algorithm.write(part)
  answer(part, true, 0, delay)
end

local function admit(part)
  answer(part, true, 0, wait(part))
end

-- What a part says if the decision is denied, which it may not be the one to blame for.
local function deny(part)
  if part.allowed then
    answer(part, true, 0, 0)
  else
    answer(part, false, part.cost > part.capacity and -1 or part.algorithm.retryAfter(part), 0)
  end
end

-- Decides some parts together; returns whether all of them allow.
local function decide(first, last, allow)
  local parts, allowed = {}, true
  for index = first, last do
    local part = open(index)
    part.allowed = part.algorithm.admits(part)
    allowed = allowed and part.allowed
    parts[#parts + 1] = part
  end
  local conclude = allowed and allow or deny
  for _, part in ipairs(parts) do
    conclude(part)
  end
  return allowed
end

local function charge(part)
  part.algorithm.debit(part)
  part.algorithm.write(part)
  answer(part, true, 0, 0)
end

local function refund(part)
  if part.takenAt == JUST_NOW then
    part.takenAt = part.at
  end
  part.algorithm.credit(part)
  part.algorithm.write(part)
  answer(part, true, 0, 0)
end

local function each(first, last, operation)
  for index = first, last do
    operation(open(index))
  end
end

local function reset(index)
  redis.call('DEL', KEYS[index])
  answer(open(index), true, 0, 0)
end

local next = 1
for offset = 1, #ARGV[2], DECISION_SIZE do
  local operation, enforced, shadow = unpack(DECISION, ARGV[2], offset)
  local first, last = next, next + enforced - 1
  next = last + 1 + shadow
  if operation == 'a' or operation == 'p' then
    local allow = operation == 'a' and take or admit
    if decide(first, last, allow) and shadow > 0 then
      decide(last + 1, last + shadow, allow)
    end
  elseif operation == 'c' then
    each(first, last, charge)
  elseif operation == 'r' then
    each(first, last, refund)
  else
    for index = first, last do
      reset(index)
    end
  end
end
return reply
