// SPDX-License-Identifier: GPL-3.0-or-later
#include "capture/observe/client_table.h"

#include "engine/wire/cursor.h"
#include "engine/wire/option_table.h"

#include <algorithm>
#include <cstring>

namespace dorascope::observe {

namespace {

std::span<const std::byte> at_most(std::span<const std::byte> data, std::size_t limit)
{
    return data.first(std::min(data.size(), limit));
}

std::span<const std::uint8_t> octets(std::span<const std::byte> data)
{
    return {reinterpret_cast<const std::uint8_t*>(data.data()), data.size()};
}

/// RFC 2132 §2: the data may end in NULs, which are not part of the text.
std::span<const std::byte> without_nul(std::span<const std::byte> data)
{
    while (!data.empty() && data.back() == std::byte{0})
        data = data.first(data.size() - 1);
    return data;
}

/// Called for every message, but a client says the same thing again and again: the usual case is one comparison.
void assign_text(std::string& text, std::span<const std::byte> data)
{
    data = at_most(without_nul(data), ClientTable::kMaxText);
    if (text.size() == data.size() && (data.empty() || std::memcmp(text.data(), data.data(), data.size()) == 0)) return;
    text = wire::printable(data);
}

/// RFC 4702 §2.2, §2.3: flags, two RCODEs, then the name: as on the wire of DNS when bit E (4) is set, else ASCII (deprecated).
std::string fqdn(std::span<const std::byte> data)
{
    constexpr std::uint8_t kWireFormat = 0x04;
    wire::Cursor in{data};
    const auto flags = in.u8();
    in.skip(2);
    if (!in.ok()) return {};
    if ((flags & kWireFormat) == 0) return wire::printable(at_most(without_nul(data.subspan(3)), ClientTable::kMaxText));
    std::string name;
    while (in.remaining() > 0 && name.size() < ClientTable::kMaxText) {
        const auto label = in.bytes(in.u8());
        if (label.empty()) break; // the root, or an overrun
        if (!name.empty()) name += '.';
        name += wire::printable(label);
    }
    return name;
}

} // namespace

std::uint64_t key_of(const HardwareAddress& hw)
{
    std::uint64_t low = 0, high = 0;
    std::memcpy(&low, hw.octets.data(), sizeof low);
    std::memcpy(&high, hw.octets.data() + sizeof low, sizeof high);
    return low ^ (std::uint64_t{hw.type} << 56) ^ (std::uint64_t{hw.length} << 48) ^ (high == 0 ? 0 : spread(high));
}

ClientId ClientTable::identify(const Reading& reading, Instant at, bool& full)
{
    if (reading.hardware.length > 0) {
        const auto hash = by_hardware_.hash(key_of(reading.hardware));
        if (const auto id = find(reading.hardware, hash); id != kNone) return id;
        const auto id = add(reading, at, full);
        if (id != kNone) by_hardware_.insert(hash, id);
        return id;
    }
    const auto identifier = octets(at_most(reading.option(Watched::client_identifier), kMaxClientId));
    if (identifier.empty() && reading.op != 1) return kNone; // a reply that names nobody: only its xid can tell
    std::vector<std::uint8_t> key{identifier.begin(), identifier.end()};
    if (const auto it = by_identifier_.find(key); it != by_identifier_.end()) return it->second;
    const auto id = add(reading, at, full);
    if (id != kNone) by_identifier_.emplace(std::move(key), id);
    return id;
}

ClientId ClientTable::find(const HardwareAddress& hardware, std::uint32_t hash) const
{
    return by_hardware_.find(hash, [&](ClientId id) { return clients_[id].hardware == hardware; });
}

ClientId ClientTable::add(const Reading& reading, Instant at, bool& full)
{
    if (clients_.size() >= limit_) {
        full = true;
        return kNone;
    }
    Client client;
    client.hardware = reading.hardware;
    client.first_seen = client.last_seen = at;
    make_room(clients_);
    make_room(touched_);
    clients_.push_back(std::move(client));
    touched_.emplace_back();
    return static_cast<ClientId>(clients_.size() - 1);
}

void ClientTable::learn(ClientId id, const Reading& reading)
{
    Client& client = clients_[id];
    if (const auto name = reading.option(Watched::host_name); !name.empty()) {
        assign_text(client.hostname, name);
    } else if (const auto full_name = reading.option(Watched::client_fqdn); !full_name.empty()) {
        if (auto text = fqdn(full_name); !text.empty()) client.hostname = std::move(text);
    }
    if (const auto vendor = reading.option(Watched::vendor_class); !vendor.empty()) assign_text(client.vendor_class, vendor);
    const auto identifier = octets(at_most(reading.option(Watched::client_identifier), kMaxClientId));
    if (!identifier.empty()
        && !std::equal(identifier.begin(), identifier.end(), client.client_id.begin(), client.client_id.end())) {
        client.client_id.assign(identifier.begin(), identifier.end());
    }
}

void ClientTable::seen(ClientId id, Instant at, Changes& changes)
{
    Client& client = clients_[id];
    client.last_seen = std::max(client.last_seen, at);
    ++client.messages;
    touch(id, changes);
}

std::size_t ClientTable::memory_used() const
{
    constexpr std::size_t kText = 32; // a guess at what strings and identifiers hold beside the record
    return clients_.size() * (sizeof(Client) + sizeof(Touched)) + clients_.size() * kText + by_hardware_.memory_used()
        + by_identifier_.size() * 128;
}

} // namespace dorascope::observe
