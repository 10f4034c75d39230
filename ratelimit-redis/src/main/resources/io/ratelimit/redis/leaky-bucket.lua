-- Leaky bucket, as a queue: the used part is the queue, and an admitted request waits until what was queued before it has
-- drained. So requests leave at the even rate L / W, and at most B wait. The other arithmetic is in bucket.lua.

bucket.delay = function(part)
  return ceilDiv(part.used, part.permits)
end

return bucket
