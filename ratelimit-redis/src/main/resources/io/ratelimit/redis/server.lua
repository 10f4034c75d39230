-- Tells what about this server concerns counters. Changes nothing.
--
-- KEYS[1]  any key of the namespace: of a cluster, the node that serves it answers
-- reply    five integers: the three parts of the version it is compatible with, the bound of its memory in bytes (0: none),
--          and what it evicts when its memory is full (0: nothing, otherwise as listed below); -1 stands for what it does
--          not say, for example because the user may not ask

local EVICTS = {
  ['noeviction'] = 0,
  ['allkeys-lru'] = 1,
  ['allkeys-lfu'] = 2,
  ['allkeys-random'] = 3,
  ['volatile-lru'] = 4,
  ['volatile-lfu'] = 5,
  ['volatile-random'] = 6,
  ['volatile-ttl'] = 7,
}
local ANYTHING_ELSE = 8

local function info(section)
  local said = redis.pcall('INFO', section)
  return type(said) == 'string' and said or ''
end

local server, memory = info('server'), info('memory')
local major, minor, patch = string.match(server, 'redis_version:(%d+)%.(%d+)%.(%d+)')
local bound = string.match(memory, 'maxmemory:(%d+)')
local policy = string.match(memory, 'maxmemory_policy:([%w-]+)')

return {
  tonumber(major or -1),
  tonumber(minor or -1),
  tonumber(patch or -1),
  tonumber(bound or -1),
  policy and (EVICTS[policy] or ANYTHING_ELSE) or -1,
}
