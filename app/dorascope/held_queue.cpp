// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/dorascope/held_queue.h"

#include <algorithm>
#include <array>
#include <utility>

namespace dorascope::app {
namespace {

using observe::BindingState;
using server::LeaseState;

constexpr std::array kStates{
    std::pair{LeaseState::bound, BindingState::bound},       std::pair{LeaseState::expired, BindingState::expired},
    std::pair{LeaseState::released, BindingState::released}, std::pair{LeaseState::declined, BindingState::declined},
    std::pair{LeaseState::conflict, BindingState::conflict},
};

/// An offer is none: nothing is granted, and none outlives a server.
std::optional<observe::HeldLease> heldLease(server::Lease&& lease)
{
    const auto row = std::ranges::find(kStates, lease.state, &std::pair<LeaseState, BindingState>::first);
    if (row == kStates.end()) return std::nullopt;
    observe::HeldLease held;
    held.address = lease.address;
    held.hardware = lease.hardware;
    if (lease.client.kind == server::ClientKey::Kind::identifier)
        held.client_id.assign(lease.client.bytes.begin(), lease.client.bytes.end());
    held.hostname = std::move(lease.hostname);
    held.vendor_class = std::move(lease.vendor_class);
    held.state = row->second;
    held.since = lease.since;
    held.renewed = lease.renewed;
    held.expires = lease.expires;
    return held;
}

} // namespace

void HeldQueue::fill(const host::ServerHost& host)
{
    const observe::HeldLeases empty{host.now(), host.identity(), host.interface().mac, {}, 0};
    std::vector<server::Lease> bite;
    std::size_t taken = 0;
    for (std::size_t cursor = 0; cursor != server::kEndOfLeases;) {
        bite.clear();
        cursor = host.leases(cursor, bite);
        auto part = empty;
        part.leases.reserve(bite.size());
        for (auto& lease : bite)
            if (auto held = heldLease(std::move(lease))) part.leases.push_back(std::move(*held));
        if (part.leases.empty()) continue;
        if (taken + part.leases.size() > kMost) part.left_out = std::exchange(part.leases, {}).size();
        taken += part.leases.size();
        const std::scoped_lock lock(mutex_);
        parts_.push_back(std::move(part));
    }
}

std::optional<observe::HeldLeases> HeldQueue::take()
{
    const std::scoped_lock lock(mutex_);
    if (parts_.empty()) return std::nullopt;
    std::optional<observe::HeldLeases> part{std::move(parts_.front())};
    parts_.pop_front();
    return part;
}

} // namespace dorascope::app
