// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/server/waiting_table.h"

namespace dorascope::server {

Waiting& WaitingTable::add(const Client& client, bool known, const wire::Message& message, const Inbound& inbound, Instant now)
{
    if (free_.empty()) {
        free_.push_back(static_cast<std::uint32_t>(slots_.size()));
        slots_.push_back(std::make_unique<Waiting>());
    }
    const std::uint32_t slot = free_.back();
    free_.pop_back();
    ++size_;
    Waiting& waiting = at(slot);
    waiting.slot = slot;
    waiting.in_use = true;
    waiting.known = known;
    const ClientKeyView key = client.key();
    waiting.kind = key.kind;
    waiting.key.assign(key.bytes.begin(), key.bytes.end());
    waiting.client_tag = client.hash(seed_);
    waiting.since = waiting.polite_until = now;
    waiting.address = {};
    waiting.probing = waiting.proven = false;
    waiting.conflicts = 0;
    waiting.due = kNever;
    by_client_.insert(waiting.client_tag, slot);
    store(waiting, message, inbound);
    return waiting;
}

void WaitingTable::store(Waiting& waiting, const wire::Message& message, const Inbound& inbound)
{
    waiting.payload.assign(inbound.payload.begin(), inbound.payload.end());
    octets_ += waiting.payload.size();
    waiting.inbound = inbound;
    waiting.inbound.payload = waiting.payload;
    waiting.hardware = message.hardware();
    waiting.xid = message.xid;
    waiting.type = message.type();
    waiting.giaddr = message.giaddr;
    waiting.exchange_tag = exchange_tag(waiting.hardware, waiting.xid);
    by_exchange_.insert(waiting.exchange_tag, waiting.slot);
}

void WaitingTable::replace(Waiting& waiting, const wire::Message& message, const Inbound& inbound)
{
    // Longer than there is room for: the one that came before will do.
    if (octets_ - waiting.payload.size() + inbound.payload.size() > most_octets(waiting.known)) return;
    by_exchange_.erase(waiting.exchange_tag, waiting.slot);
    octets_ -= waiting.payload.size();
    store(waiting, message, inbound);
}

void WaitingTable::remove(Waiting& waiting)
{
    constexpr std::size_t kUsual = 2048;
    end_probe(waiting);
    by_client_.erase(waiting.client_tag, waiting.slot);
    by_exchange_.erase(waiting.exchange_tag, waiting.slot);
    octets_ -= waiting.payload.size();
    waiting.payload.clear();
    if (waiting.payload.capacity() > kUsual) waiting.payload.shrink_to_fit();
    waiting.in_use = false;
    --size_;
    free_.push_back(waiting.slot);
}

void WaitingTable::own_addresses(Ipv4Address local, const std::array<Ipv4Address, 7>& also_local)
{
    for (const auto& waiting : slots_) {
        waiting->inbound.local = waiting->probe.source = local;
        waiting->inbound.also_local = also_local;
    }
}

Waiting* WaitingTable::find(const Client& client)
{
    if (size_ == 0) return nullptr;
    const ClientKeyView key = client.key();
    return of(by_client_.find(client.hash(seed_), [&](std::uint32_t slot) { return at(slot).client_key() == key; }));
}

Waiting* WaitingTable::find_probe(Ipv4Address address)
{
    return of(by_probe_.find(address.value, [](std::uint32_t) { return true; }));
}

Waiting* WaitingTable::find_exchange(const HardwareAddress& hardware, std::uint32_t xid)
{
    return of(by_exchange_.find(exchange_tag(hardware, xid),
                                [&](std::uint32_t slot) { return at(slot).hardware == hardware && at(slot).xid == xid; }));
}

std::uint32_t WaitingTable::exchange_tag(const HardwareAddress& hardware, std::uint32_t xid) const
{
    const HardwareKey key{hardware};
    return hash_key({ClientKey::Kind::hardware, key.bytes()}, seed_) ^ xid;
}

void WaitingTable::begin_probe(Waiting& waiting, const ProbeRequest& probe, std::uint32_t count, Instant now)
{
    end_probe(waiting);
    waiting.probing = true;
    waiting.probe = probe;
    waiting.asked = now;
    waiting.probes_left = count;
    by_probe_.insert(probe.address.value, waiting.slot);
}

void WaitingTable::end_probe(Waiting& waiting)
{
    if (!waiting.probing) return;
    waiting.probing = false;
    by_probe_.erase(waiting.probe.address.value, waiting.slot);
}

// ---- time ----------------------------------------------------------------------------------------------------------------------

void WaitingTable::schedule(Waiting& waiting, Instant due)
{
    waiting.due = due;
    deadlines_.push(due, waiting.slot);
    if (deadlines_.size() > 2 * slots_.size() + 64) drop_stale();
}

/// What was removed or put off leaves its item behind; clients that come and go for ever must not pile them up.
void WaitingTable::drop_stale()
{
    deadlines_.retain([this](const DeadlineHeap::Item& item) {
        if (!current(item)) return false;
        at(item.slot()).due = kNever; // so that a second item for the same instant goes
        return true;
    });
    deadlines_.for_each([this](const DeadlineHeap::Item& item) { at(item.slot()).due = item.at(); });
}

Waiting* WaitingTable::due(Instant now)
{
    const auto next = next_deadline();
    if (!next || *next > now) return nullptr;
    const std::uint32_t slot = deadlines_.top().slot();
    deadlines_.pop();
    return &at(slot);
}

std::optional<Instant> WaitingTable::next_deadline()
{
    while (!deadlines_.empty() && !current(deadlines_.top()))
        deadlines_.pop();
    if (deadlines_.empty()) return std::nullopt;
    return deadlines_.top().at();
}

} // namespace dorascope::server
