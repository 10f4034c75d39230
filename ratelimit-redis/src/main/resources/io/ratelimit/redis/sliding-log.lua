-- Sliding log: remembers when each permit was taken and forgets it one window later. Admits at most L in any window.
--
-- State: entries (tick, permits) in time order, one a tick. Value, big-endian, with w = countWidth(part):
--   I4 first     the slot of the oldest of the older entries
--   I4 count     how many entries there are beside the newest
--   I7 newest    the tick of the newest entry
--   Iw base      the running count before the oldest entry
--   Iw total     the running count up to and with the newest entry
--   slots        a ring of the older entries, each I4 the tick modulo 2^32 and Iw the running count up to and with it
--
-- The running count makes the permits of any range of entries one subtraction, so that a decision reads a few slots
-- whatever the length: the oldest ones to see what has expired, and on a denial O(log n) of them to find the wait. It
-- wraps at 256^w, which is more than any log holds; and 2^32 ticks are more than 49 of the longest window. A log that
-- fits one short read is written whole and has no free slot. A longer one is changed in place, grows by a quarter, and
-- shrinks when it is three quarters empty: O(1) amortised for an acquisition, 8 to 10 bytes an entry where w is 4, as it
-- is for windows of 1.05 s to 1 min, of 17.5 min to a day, and from 12.2 days on. Only a refund reads more: the entries
-- after the one it takes from.

local SHORT = 256
local TICKS = 2 ^ 32

local function countWidth(part)
  local width = 4
  while 256 ^ width * part.window <= LARGEST_USE do
    width = width + 1
  end
  return width
end

local function clear(part)
  part.first, part.count, part.newest, part.base, part.total = 0, 0, 0, 0, 0
end

local function used(part)
  return fmod(part.total - part.base + part.counts, part.counts)
end

local function isEmpty(part)
  return part.total == part.base
end

-- The stored bytes from an offset on.
local function bytes(part, offset, length)
  if offset + length <= #part.head then
    return string.sub(part.head, offset + 1, offset + length)
  end
  return readString('GETRANGE', part.key, offset, offset + length - 1)
end

-- The age in ticks, counted from the newest entry, and the running count of an older entry; 0 is the oldest.
local function entry(part, index)
  local slot = fmod(part.first + index, part.slots)
  local tick, count = unpack(part.slotFormat, bytes(part, part.header + slot * part.slot, part.slot))
  return fmod(fmod(part.newest, TICKS) - tick + TICKS, TICKS), count
end

local function countBefore(part, index)
  if index == 0 then
    return part.base
  end
  local _, count = entry(part, index - 1)
  return count
end

-- The first older entry for which the test holds, part.count if there is none; it holds for all after that one. What is
-- sought is mostly near the old end, so the steps from there double until it is passed.
local function search(part, holds)
  local low, high, step = 0, 0, 1
  while high < part.count and not holds(entry(part, high)) do
    low, high, step = high + 1, high + step, step * 2
  end
  high = min(high, part.count)
  while low < high do
    local middle = math.floor((low + high) / 2)
    if holds(entry(part, middle)) then
      high = middle
    else
      low = middle + 1
    end
  end
  return low
end

-- Forgets what is a window old. part.oldest is the age, counted from the newest entry, from which that is so.
local function expire(part)
  local oldest = part.window - (part.at - part.newest)
  if oldest <= 0 then
    return clear(part)
  end
  part.oldest = oldest
  local gone = search(part, function(age)
    return age < oldest
  end)
  if gone > 0 then
    part.base = countBefore(part, gone)
    part.first, part.count = fmod(part.first + gone, part.slots), part.count - gone
  end
end

-- Whether a value is a log, as far as its ends tell.
local function isWhole(part)
  return part.slots == math.floor(part.slots)
    and part.count <= part.slots
    and part.first < max(1, part.slots)
    and used(part) > part.count
    and used(part) * part.window <= LARGEST_USE
end

local function load(part)
  local width = countWidth(part)
  part.counts, part.header, part.slot = 256 ^ width, 15 + 2 * width, 4 + width
  part.slotFormat = '>I4I' .. width
  part.headerFormat = '>I4I4I7I' .. width .. 'I' .. width
  part.head = readString('GETRANGE', part.key, 0, SHORT - 1)
  if #part.head < part.header then
    return false
  end
  local size = #part.head < SHORT and #part.head or call('STRLEN', part.key)
  part.slots = (size - part.header) / part.slot
  part.first, part.count, part.newest, part.base, part.total = unpack(part.headerFormat, part.head)
  return isWhole(part)
end

local function header(part)
  return pack(part.headerFormat, part.first, part.count, part.newest, part.base, part.total)
end

-- Some of the older entries as they are stored, from one up to another, oldest first: the ring cut open.
local function olderBytes(part, from, to)
  if from == to then
    return ''
  end
  local slot = fmod(part.first + from, part.slots)
  local upToEnd = min(to - from, part.slots - slot)
  local older = bytes(part, part.header + slot * part.slot, upToEnd * part.slot)
  if upToEnd < to - from then
    older = older .. bytes(part, part.header, (to - from - upToEnd) * part.slot)
  end
  return older
end

local function writeWhole(part, older, resetAfter)
  part.first, part.count = 0, #older / part.slot
  if part.header + #older >= SHORT then
    older = older .. string.rep('\0', math.floor(part.count / 4) * part.slot)
  end
  writeString(part, header(part) .. older, resetAfter)
end

local function writeInPlace(part, resetAfter)
  if part.pushed then
    local slot = fmod(part.first + part.count, part.slots)
    call('SETRANGE', part.key, part.header + slot * part.slot, part.pushed)
    part.count = part.count + 1
  end
  call('SETRANGE', part.key, 0, header(part))
  if not givenTime then
    call('PEXPIREAT', part.key, freshAt(part, resetAfter))
  end
end

-- Adds an entry at the tick of the decision; the one that was newest becomes an older one.
local function append(part, permits)
  if isEmpty(part) then
    part.newest = part.at
  elseif part.newest < part.at then
    part.pushed = pack(part.slotFormat, fmod(part.newest, TICKS), part.total)
    part.newest = part.at
  end
  part.total = fmod(part.total + permits, part.counts)
end

-- Takes permits from the newest entry, and with its last one the entry itself.
local function takeFromNewest(part, permits)
  local before = countBefore(part, part.count)
  local had = fmod(part.total - before + part.counts, part.counts)
  part.total = fmod(part.total - min(permits, had) + part.counts, part.counts)
  if permits >= had and part.count > 0 then
    local age = entry(part, part.count - 1)
    part.newest, part.count = part.newest - age, part.count - 1
  end
end

-- Takes permits from an older entry: every running count from there on shrinks.
local function takeFromOlder(part, index, permits)
  local _, count = entry(part, index)
  local had = fmod(count - countBefore(part, index) + part.counts, part.counts)
  local taken = min(permits, had)
  local following = olderBytes(part, index, part.count)
  local older = { olderBytes(part, 0, index) }
  for offset = taken < had and 1 or 1 + part.slot, #following, part.slot do
    local tick, running = unpack(part.slotFormat, following, offset)
    older[#older + 1] = pack(part.slotFormat, tick, fmod(running - taken + part.counts, part.counts))
  end
  part.rewritten = table.concat(older)
  part.total = fmod(part.total - taken + part.counts, part.counts)
end

return {
  read = function(part)
    part.at = load(part) and seenAt(part, part.newest)
    if part.at then
      expire(part)
    end
    if not part.at or not isWhole(part) then
      part.at, part.head, part.slots = part.now, '', 0
      clear(part)
    end
  end,

  write = function(part, resetAfter)
    local count = part.count + (part.pushed and 1 or 0)
    if isEmpty(part) then
      call('DEL', part.key)
    elseif part.rewritten then
      writeWhole(part, part.rewritten, resetAfter)
    elseif #part.head < SHORT or count > part.slots or count * 4 < part.slots then
      writeWhole(part, olderBytes(part, 0, part.count) .. (part.pushed or ''), resetAfter)
    else
      writeInPlace(part, resetAfter)
    end
  end,

  admits = function(part)
    return used(part) + part.cost <= part.permits
  end,

  take = function(part)
    append(part, part.cost)
  end,

  debit = function(part)
    local debt = min(part.cost, 2 * part.permits - used(part))
    if debt > 0 then
      append(part, debt)
    end
  end,

  credit = function(part)
    if isEmpty(part) or part.takenAt > part.newest then
      return
    end
    local wanted = part.newest - part.takenAt
    if wanted == 0 then
      return takeFromNewest(part, part.cost)
    end
    local index = search(part, function(age)
      return age <= wanted
    end)
    if index < part.count and entry(part, index) == wanted then
      takeFromOlder(part, index, part.cost)
    end
  end,

  remaining = function(part)
    return max(0, part.permits - used(part))
  end,

  retryAfter = function(part)
    local missing = used(part) + part.cost - part.permits
    local index = search(part, function(_, count)
      return fmod(count - part.base + part.counts, part.counts) >= missing
    end)
    if index == part.count then
      return part.newest + part.window - part.at
    end
    -- At least a tick, whatever a damaged entry says.
    return max(1, part.oldest - entry(part, index))
  end,

  resetAfter = function(part)
    return isEmpty(part) and 0 or part.newest + part.window - part.at
  end,
}
