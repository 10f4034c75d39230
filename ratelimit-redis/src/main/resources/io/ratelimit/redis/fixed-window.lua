-- Fixed window: counts permits in windows that start at multiples of the window since the epoch.
-- Admits at most 2L in any window.
--
-- State: start, the tick at which the window began; used, the permits taken in it.
-- Value: see readCounts in numbers.lua; a tick and one count.

local function windowEnd(part)
  return part.start + part.window
end

return {
  read = function(part)
    local start, used = readCounts(part, 1)
    if start and (fmod(start, part.window) ~= 0 or used * part.window > LARGEST_USE) then
      start = nil
    end
    part.at = start and seenAt(part, start)
    if not part.at or part.at - start >= part.window then
      part.at = part.at or part.now
      start, used = part.at - fmod(part.at, part.window), 0
    end
    part.start, part.used = start, used
  end,

  write = function(part, resetAfter)
    writeCounts(part, resetAfter, part.start, part.used)
  end,

  admits = function(part)
    return part.used + part.cost <= part.permits
  end,

  take = function(part)
    part.used = part.used + part.cost
  end,

  debit = function(part)
    part.used = max(part.used, min(part.used + part.cost, 2 * part.permits))
  end,

  credit = function(part)
    if part.takenAt >= part.start then
      part.used = max(0, part.used - part.cost)
    end
  end,

  remaining = function(part)
    return max(0, part.permits - part.used)
  end,

  retryAfter = function(part)
    return windowEnd(part) - part.at
  end,

  resetAfter = function(part)
    return part.used > 0 and windowEnd(part) - part.at or 0
  end,
}
