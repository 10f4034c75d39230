-- Token bucket: the part of the bucket that is not used is its tokens. Admits at most B + t * L / W in any time t.
-- The arithmetic is in bucket.lua.

return bucket
