-- Tells what about this server concerns counters, and which commands of the other scripts it refuses: each is tried, on a
-- key that is gone afterwards.
--
-- KEYS[1]  the key of the instances, which is only looked at: the user has to be allowed to use it
-- KEYS[2]  the key to try commands on
-- reply    six integers: the three parts of the version it is compatible with, the bound of its memory in bytes (0: none),
--          what it evicts when its memory is full (0: nothing, otherwise as listed below), and how many nodes of a cluster
--          have slots (0: it is no node of one); -1 stands for what it does not say, for example because the user may not
--          ask. Then one for each command in the order in which they are tried: 1 it is there, 0 the user may not run it,
--          -1 the server does not have it

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

-- What a server says when a script runs a command that it does not have, and one that the user may not run: before version
-- 7, and since.
local UNKNOWN = { 'unknown redis command', 'unknown command' }
local FORBIDDEN = { "the user executing the script can't", 'acl failure in script', 'noperm' }

local function textOf(...)
  local said = redis.pcall(...)
  return type(said) == 'string' and said or ''
end

local function says(text, phrases)
  for _, phrase in ipairs(phrases) do
    if string.find(text, phrase, 1, true) then
      return true
    end
  end
  return false
end

local function try(...)
  local said = redis.pcall(...)
  local refusal = type(said) == 'table' and string.lower(said.err or '') or ''
  return says(refusal, UNKNOWN) and -1 or says(refusal, FORBIDDEN) and 0 or 1
end

local server, memory = textOf('INFO', 'server'), textOf('INFO', 'memory')
local major, minor, patch = string.match(server, 'redis_version:(%d+)%.(%d+)%.(%d+)')
local bound = string.match(memory, 'maxmemory:(%d+)')
local policy = string.match(memory, 'maxmemory_policy:([%w-]+)')
local clustered = string.match(textOf('INFO', 'cluster'), 'cluster_enabled:(%d)')
local size = clustered == '0' and 0 or string.match(textOf('CLUSTER', 'INFO'), 'cluster_size:(%d+)')

local trial = KEYS[2]
return {
  tonumber(major or -1),
  tonumber(minor or -1),
  tonumber(patch or -1),
  tonumber(bound or -1),
  policy and (EVICTS[policy] or ANYTHING_ELSE) or -1,
  tonumber(size or -1),
  try('TIME'),
  try('SET', trial, 'x', 'PX', 1000),
  try('SETRANGE', trial, 0, 'y'),
  try('GET', trial),
  try('GETRANGE', trial, 0, 0),
  try('STRLEN', trial),
  -- The longest a key may be there where DEL is refused.
  try('PEXPIREAT', trial, 1),
  try('DEL', trial),
}
