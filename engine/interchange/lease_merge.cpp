// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/interchange/lease_merge.h"

#include "engine/interchange/civil_time.h"
#include "engine/interchange/lease_formats.h"

#include <algorithm>
#include <fmt/format.h>

namespace dorascope::interchange {
namespace {

using server::Lease;
using server::LeaseState;

/// A file may know by its network card whom ours knows by an identifier.
bool same_client(const Lease& a, const Lease& b)
{
    return a.client == b.client || (a.hardware.length > 0 && a.hardware == b.hardware);
}

std::string until(Instant expires) { return expires == kNever ? "for ever" : "until " + iso_time(expires); }

/// Why the lease that is there is to stay, and the count of it; empty where the imported one takes its place.
std::string reason_to_keep(const Lease& there, const Lease& imported, bool undated, Instant now, LeaseMerge& merge)
{
    if (there.expires > now && quarantined(there) && !quarantined(imported)) {
        ++merge.quarantined;
        return "it is in quarantine " + until(there.expires);
    }
    if (there.expires > now && there.state == LeaseState::bound && !same_client(there, imported)) {
        ++merge.held;
        return fmt::format("{} holds it {}", there.hardware.length > 0 ? there.hardware.to_string() : "another client",
                           until(there.expires));
    }
    // Without a time of its own a lease is newer only where it ends later, which is what a renewal does.
    if (undated && !(same_client(there, imported) && imported.expires > there.expires)) {
        ++merge.newer;
        return "the file does not say when its own was renewed, and so counts as older";
    }
    if (!undated && there.renewed > imported.renewed) {
        ++merge.newer;
        return "the lease that is there was renewed later, " + iso_time(there.renewed);
    }
    return {};
}

/// What clients hold by their leases that are there.
class Holdings {
public:
    Holdings(std::span<const Lease> present, Instant now)
    {
        for (const auto& lease : present)
            if (lease.state == LeaseState::bound && lease.expires > now) held_.push_back(&lease);
        std::ranges::sort(held_, {}, client);
    }
    /// The guess when an imported lease was renewed, made to be before its client's other ones were.
    Instant renewed_before_others(const Lease& imported) const
    {
        Instant renewed = imported.renewed;
        for (const Lease* other : std::ranges::equal_range(held_, imported.client, {}, client))
            if (other->address != imported.address) renewed = std::min(renewed, other->renewed - std::chrono::seconds{1});
        return renewed;
    }

private:
    static const server::ClientKey& client(const Lease* lease) { return lease->client; }
    std::vector<const Lease*> held_;
};

} // namespace

LeaseMerge merge_leases(std::span<const Lease> present, const LeaseImport& imported, const MergeRules& rules)
{
    std::vector<const Lease*> there;
    for (const auto& lease : present)
        there.push_back(&lease);
    std::ranges::sort(there, {}, &Lease::address);
    const Holdings holdings{present, rules.now};
    LeaseMerge merge;
    for (const auto& lease : imported.leases) {
        const auto at = std::ranges::lower_bound(there, lease.address, {}, &Lease::address);
        const bool known = at != there.end() && (*at)->address == lease.address;
        if (known && **at == lease) {
            ++merge.same;
            continue;
        }
        const bool undated = std::ranges::binary_search(imported.undated, lease.address);
        if (known && !rules.overwrite) {
            if (auto why = reason_to_keep(**at, lease, undated, rules.now, merge); !why.empty()) {
                merge.kept.push_back({0, lease.address.to_string(), std::move(why)});
                continue;
            }
        }
        ++(known ? merge.replaced : merge.added);
        merge.writes.push_back({lease, false});
        if (undated && !rules.overwrite) merge.writes.back().lease.renewed = holdings.renewed_before_others(lease);
    }
    return merge;
}

} // namespace dorascope::interchange
