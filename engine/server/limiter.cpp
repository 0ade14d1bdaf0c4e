// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/server/limiter.h"

#include "engine/server/deadline.h"

#include <algorithm>

namespace dorascope::server {

namespace {

constexpr Duration kDepth = std::chrono::seconds{2}; ///< what a bucket holds, as the time in which that much runs in

Duration token(std::uint32_t per_second) { return Duration{std::chrono::seconds{1}} / per_second; }

} // namespace

/// A clock that was set back must not leave a bucket empty for as long as it was set back.
void Bucket::settle(Instant now)
{
    if (full_at_ < now || full_at_ > now + kDepth) full_at_ = now;
}

bool Bucket::take(Instant now, std::uint32_t per_second)
{
    settle(now);
    if (full_at_ + token(per_second) > now + kDepth) return false;
    full_at_ += token(per_second);
    return true;
}

void Bucket::drain(Instant now, std::uint32_t per_second)
{
    settle(now);
    full_at_ = std::min(full_at_ + token(per_second), now + kDepth);
}

bool Limiter::client_may_speak(std::uint32_t client, Instant now, std::uint32_t per_second)
{
    return per_second == 0 || rates_.at(client).bucket.take(now, per_second);
}

bool Limiter::anybody_may_speak(bool known, Instant now, std::uint32_t per_second)
{
    if (per_second == 0) return true;
    if (!known) return total_.take(now, per_second);
    total_.drain(now, per_second);
    return true;
}

std::uint32_t Limiter::quarantines(std::uint32_t sender, Instant now)
{
    Quarantines& entry = quarantines_.at(sender);
    // Over, or from a time that has yet to come: the clock was set back.
    if (entry.until <= now || entry.begun > now) entry = {};
    return entry.count;
}

void Limiter::count_quarantine(std::uint32_t sender, Instant now, Duration span)
{
    if (quarantines(sender, now) == 0) {
        Quarantines& entry = quarantines_.at(sender);
        entry.begun = now;
        entry.until = deadline_after(now, span);
    }
    ++quarantines_.at(sender).count;
}

void Limiter::shun(std::uint32_t sender, Instant now, Ipv4Address address, bool reserved)
{
    if (quarantines(sender, now) == 0) return;
    Quarantines& entry = quarantines_.at(sender);
    (reserved ? entry.shunned.reserved : entry.shunned.last) = address;
    shunning_until_ = std::max(shunning_until_, entry.until);
}

Shunned Limiter::shunned(std::uint32_t sender, Instant now)
{
    return quarantines(sender, now) == 0 ? Shunned{} : quarantines_.at(sender).shunned;
}

} // namespace dorascope::server
