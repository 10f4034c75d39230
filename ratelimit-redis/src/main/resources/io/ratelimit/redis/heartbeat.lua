-- Counts the instances that are alive: each of them says so every few seconds, and when it leaves.
--
-- KEYS[1]  the instances that were heard of
-- ARGV[1]  the name of the one that calls, eight bytes
-- ARGV[2]  '1' if it is alive, '0' if it leaves
-- ARGV[3]  the milliseconds after which one that was not heard of again is gone
-- ARGV[4]  the most instances that are remembered; of more, those heard of last
-- reply    one integer: how many there are
--
-- The value is its version, then fourteen bytes for each instance in the order in which they were heard of last: c8 its
-- name, and I6, big-endian, the millisecond of this server's clock. It takes no other commands than a decision does. What
-- cannot be read counts as nobody: all who are alive soon say so again.

local VERSION, ENTRY, ENTRY_SIZE = 'i1', '>c8I6', 14

local name, alive, patience, most = ARGV[1], ARGV[2] == '1', tonumber(ARGV[3]), tonumber(ARGV[4])

local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)

local known = redis.pcall('GET', KEYS[1])
if type(known) ~= 'string' or string.sub(known, 1, #VERSION) ~= VERSION or (#known - #VERSION) % ENTRY_SIZE ~= 0 then
  if type(known) == 'table' and not string.find(known.err, 'WRONGTYPE', 1, true) then
    return known
  end
  known = VERSION
end

local entries = {}
for at = #VERSION + 1, #known, ENTRY_SIZE do
  local other, heard = struct.unpack(ENTRY, known, at)
  -- This clock may have been set back, and whoever is gone has to be forgotten nevertheless.
  heard = math.min(heard, now)
  if other ~= name and now - heard < patience then
    entries[#entries + 1] = struct.pack(ENTRY, other, heard)
  end
end
if alive then
  entries[#entries + 1] = struct.pack(ENTRY, name, now)
end

local first = math.max(1, #entries - most + 1)
if first > #entries then
  redis.call('DEL', KEYS[1])
  return 0
end
redis.call('SET', KEYS[1], VERSION .. table.concat(entries, '', first), 'PX', ARGV[3])
return #entries - first + 1
