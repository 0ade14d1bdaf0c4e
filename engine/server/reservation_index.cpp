// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/server/reservation_index.h"

#include <algorithm>

namespace dorascope::server {

namespace {

using Octets = std::span<const std::uint8_t>;
constexpr Octets kNothing{};

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool less(Octets a, Octets b) { return std::ranges::lexicographical_compare(a, b); }
bool less(std::pair<Octets, Octets> a, std::pair<Octets, Octets> b)
{
    if (less(a.first, b.first)) return true;
    return !less(b.first, a.first) && less(a.second, b.second);
}

std::pair<Octets, Octets> relay_key(const Reservation* r) { return {r->circuit_id, r->remote_id}; }

} // namespace

bool less_hostname(std::string_view a, std::string_view b)
{
    return std::ranges::lexicographical_compare(a, b, {}, lower, lower);
}

ReservationIndex::ReservationIndex(const Subnet& subnet)
{
    for (const Reservation& r : subnet.reservations) {
        by_address_.push_back(&r);
        if (r.hardware) by_hardware_.push_back(&r);
        if (!r.client_id.empty()) by_client_id_.push_back(&r);
        if (!r.circuit_id.empty() || !r.remote_id.empty()) by_relay_.push_back(&r);
        if (!r.client_hostname.empty()) by_hostname_.push_back(&r);
        if (OptionSheet sheet{r.options}; !sheet.empty()) sheets_.emplace_back(&r, std::move(sheet)); // in order already
    }
    std::ranges::sort(by_address_, {}, [](const Reservation* r) { return r->address; });
    std::ranges::sort(by_hardware_, {}, [](const Reservation* r) { return *r->hardware; });
    std::ranges::sort(by_client_id_, [](auto* a, auto* b) { return less(Octets{a->client_id}, Octets{b->client_id}); });
    std::ranges::sort(by_relay_, [](auto* a, auto* b) { return less(relay_key(a), relay_key(b)); });
    std::ranges::sort(by_hostname_, [](auto* a, auto* b) { return less_hostname(a->client_hostname, b->client_hostname); });
}

const Reservation* ReservationIndex::at(Ipv4Address address) const
{
    const auto found = std::ranges::lower_bound(by_address_, address, {}, [](const Reservation* r) { return r->address; });
    return found != by_address_.end() && (*found)->address == address ? *found : nullptr;
}

const Reservation* ReservationIndex::by_relay(Octets circuit, Octets remote) const
{
    const std::pair key{circuit, remote};
    const auto found = std::lower_bound(by_relay_.begin(), by_relay_.end(), key,
                                        [](const Reservation* r, const auto& k) { return less(relay_key(r), k); });
    return found != by_relay_.end() && !less(key, relay_key(*found)) ? *found : nullptr;
}

const Reservation* ReservationIndex::of(const Client& client) const
{
    if (!by_client_id_.empty() && !client.identifier.empty()) {
        const auto at = std::lower_bound(by_client_id_.begin(), by_client_id_.end(), client.identifier,
                                         [](const Reservation* r, Octets id) { return less(Octets{r->client_id}, id); });
        if (at != by_client_id_.end() && std::ranges::equal((*at)->client_id, client.identifier)) return *at;
    }
    const auto at =
        std::ranges::lower_bound(by_hardware_, client.hardware, {}, [](const Reservation* r) { return *r->hardware; });
    if (at != by_hardware_.end() && *(*at)->hardware == client.hardware) return *at;

    const auto& [circuit, remote] = std::pair{client.relay.circuit_id, client.relay.remote_id};
    if (!by_relay_.empty() && !(circuit.empty() && remote.empty())) {
        for (const auto& [c, r] : {std::pair{circuit, remote}, std::pair{circuit, kNothing}, std::pair{kNothing, remote}}) {
            const Reservation* found = c.empty() && r.empty() ? nullptr : by_relay(c, r);
            if (found != nullptr) return found;
        }
    }
    if (by_hostname_.empty() || client.hostname.empty()) return nullptr;
    const auto name = client.hostname.view();
    const auto named = std::lower_bound(by_hostname_.begin(), by_hostname_.end(), name,
                                        [](const Reservation* r, auto n) { return less_hostname(r->client_hostname, n); });
    return named != by_hostname_.end() && !less_hostname(name, (*named)->client_hostname) ? *named : nullptr;
}

const OptionSheet* ReservationIndex::options(const Reservation& reservation) const
{
    const auto at = std::ranges::lower_bound(sheets_, &reservation, {}, [](const auto& entry) { return entry.first; });
    return at != sheets_.end() && at->first == &reservation ? &at->second : nullptr;
}

std::size_t ReservationIndex::memory_used() const
{
    std::size_t sum = sheets_.capacity() * sizeof(sheets_[0]);
    for (const List* list : {&by_address_, &by_hardware_, &by_client_id_, &by_relay_, &by_hostname_})
        sum += list->capacity() * sizeof(void*);
    for (const auto& [reservation, sheet] : sheets_)
        sum += sheet.memory_used();
    return sum;
}

} // namespace dorascope::server
