// SPDX-License-Identifier: GPL-3.0-or-later
// What a person orders about one address. No packet asks for it, so each has its own decision, and its writes go the way of all others.
#include "engine/server/server_state.h"

#include <array>

namespace dorascope::server {

std::string_view to_string(OrderError error)
{
    static constexpr std::array<std::string_view, 4> kNames{"nothing is known of this address", "nobody has this address",
                                                            "this address is not in quarantine",
                                                            "this address lies in no subnet that is served"};
    const auto i = static_cast<std::size_t>(error);
    return i < kNames.size() ? kNames[i] : "unknown";
}

OrderError DhcpServer::State::why_unknown(Ipv4Address address) const
{
    return bindings.is_aside(address) ? OrderError::not_served : OrderError::unknown_address;
}

/// A decision of one step that no packet brought about.
Decision& DhcpServer::State::record(Instant now, StepCode code, Ipv4Address address, const HardwareAddress& who, Outbox& out)
{
    Decision& decision = begin_decision(now, out);
    decision.outcome = Outcome::recorded;
    decision.chaddr = who;
    decision.address = address;
    decision.steps.push_back({code, address, 0, who});
    count(decision);
    return decision;
}

void DhcpServer::State::write_erasure(Ipv4Address address, Outbox& out)
{
    LeaseWrite& row = OutboxAccess::storage(out).writes.add();
    row.lease.address = address;
    row.erase = true;
}

/// Nobody has a claim to the address any more; the store hears of it where it knows of one.
void DhcpServer::State::forget(Ipv4Address address, Outbox& out)
{
    const Binding* b = bindings.find(address);
    const bool stored = b != nullptr && b->standing != Standing::none;
    bindings.forget(address, out);
    if (stored) write_erasure(address, out);
}

tl::expected<void, OrderError> DhcpServer::release(Instant now, Ipv4Address address, Outbox& out)
{
    Bindings& bindings = state_->bindings;
    bindings.settle(now);
    Binding* b = bindings.find(address);
    if (b == nullptr) return tl::unexpected{state_->why_unknown(address)};
    if (!b->bound() && !b->offered()) return tl::unexpected{OrderError::not_leased};
    state_->stop_probing(address);
    state_->record(now, StepCode::order_released, address, b->hardware, out);
    if (!b->bound()) {
        bindings.withdraw_offer(*b, out); // never stored, so there is nothing to write
        return {};
    }
    bindings.release(*b, now, out);
    state_->write(*b, out);
    return {};
}

tl::expected<void, OrderError> DhcpServer::erase(Instant now, Ipv4Address address, Outbox& out)
{
    state_->bindings.settle(now);
    if (!state_->bindings.forget(address, out)) return tl::unexpected{OrderError::unknown_address};
    state_->stop_probing(address);
    state_->write_erasure(address, out);
    state_->record(now, StepCode::order_erased, address, {}, out);
    return {};
}

tl::expected<void, OrderError> DhcpServer::clear_quarantine(Instant now, Ipv4Address address, Outbox& out)
{
    Bindings& bindings = state_->bindings;
    bindings.settle(now);
    const Binding* b = bindings.find(address);
    if (b == nullptr) return tl::unexpected{state_->why_unknown(address)};
    if (!b->quarantined()) return tl::unexpected{OrderError::not_quarantined};
    // As when its time is over: nobody has a claim to it.
    bindings.forget(address, out);
    state_->write_erasure(address, out);
    state_->record(now, StepCode::order_quarantine_cleared, address, {}, out);
    return {};
}

} // namespace dorascope::server
