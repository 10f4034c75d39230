-- Both buckets: what was used, in permits times ticks, drains by L every tick.
--
-- State: used; part.at is the tick at which that is so.
-- Value: see readCounts in numbers.lua; a tick and one count.

-- Debt ends here: a full bucket below empty.
local function cap(part)
  return (part.capacity + max(part.permits, part.capacity)) * part.window
end

-- What is left after some ticks; compares first, because a long time times L would not be exact.
local function drained(used, elapsed, permits)
  if elapsed >= ceilDiv(used, permits) then
    return 0
  end
  return used - elapsed * permits
end

local bucket = {
  read = function(part)
    local last, used = readCounts(part, 1)
    part.at = last and used <= LARGEST_USE and seenAt(part, last)
    if part.at then
      part.used = drained(min(used, cap(part)), part.at - last, part.permits)
    else
      part.at, part.used = part.now, 0
    end
  end,

  write = function(part, resetAfter)
    writeCounts(part, resetAfter, part.at, part.used)
  end,

  admits = function(part)
    return part.used + part.cost * part.window <= part.capacity * part.window
  end,

  take = function(part)
    part.used = part.used + part.cost * part.window
  end,

  debit = function(part)
    part.used = min(part.used + part.cost * part.window, cap(part))
  end,

  credit = function(part)
    local unrefilled = drained(part.cost * part.window, max(0, part.at - part.takenAt), part.permits)
    part.used = max(0, part.used - unrefilled)
  end,

  remaining = function(part)
    return max(0, floorDiv(part.capacity * part.window - part.used, part.window))
  end,

  retryAfter = function(part)
    return ceilDiv(part.used + part.cost * part.window - part.capacity * part.window, part.permits)
  end,

  resetAfter = function(part)
    return ceilDiv(part.used, part.permits)
  end,
}
