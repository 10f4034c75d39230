-- Sliding counter: counts permits in windows that start at multiples of the window since the epoch, and adds the previous
-- window's in proportion to its overlap with the sliding one. Admits at most 2L in any window, close to L in even traffic.
--
-- State: start, the tick at which the current window began; current and previous, the permits taken in it and in the
-- window before.
-- Value: see readCounts in numbers.lua; a tick and two counts.

-- The ticks of the previous window that the sliding one still covers, which are also those until the next window.
local function untilNext(part)
  return part.start + part.window - part.at
end

local function weighedPrevious(part)
  return part.previous * untilNext(part)
end

return {
  read = function(part)
    local window = part.window
    local start, current, previous = readCounts(part, 2)
    if
      start
      and (fmod(start, window) ~= 0 or current * window > LARGEST_USE or previous * window > LARGEST_USE)
    then
      start = nil
    end
    part.at = start and seenAt(part, start)
    if not part.at then
      part.at = part.now
      start, current, previous = part.at - fmod(part.at, window), 0, 0
    elseif part.at - start >= window then
      previous = part.at - start < 2 * window and current or 0
      start, current = part.at - fmod(part.at, window), 0
    end
    part.start, part.current, part.previous = start, current, previous
  end,

  write = function(part, resetAfter)
    writeCounts(part, resetAfter, part.start, part.current, part.previous)
  end,

  admits = function(part)
    return weighedPrevious(part) + (part.current + part.cost) * part.window <= part.permits * part.window
  end,

  take = function(part)
    part.current = part.current + part.cost
  end,

  debit = function(part)
    part.current = max(part.current, min(part.current + part.cost, 2 * part.permits))
  end,

  credit = function(part)
    if part.takenAt >= part.start then
      part.current = max(0, part.current - part.cost)
    elseif part.takenAt >= part.start - part.window then
      part.previous = max(0, part.previous - part.cost)
    end
  end,

  remaining = function(part)
    local free = (part.permits - part.current) * part.window - weighedPrevious(part)
    return max(0, floorDiv(free, part.window))
  end,

  retryAfter = function(part)
    local free = part.permits - part.current - part.cost
    if free >= 0 then
      return ceilDiv(weighedPrevious(part) - free * part.window, part.previous)
    end
    return untilNext(part) + part.window - floorDiv((part.permits - part.cost) * part.window, part.current)
  end,

  resetAfter = function(part)
    if part.current > 0 then
      return untilNext(part) + part.window
    end
    return part.previous > 0 and untilNext(part) or 0
  end,
}
