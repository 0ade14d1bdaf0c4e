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

std::span<const std::uint8_t> identifier_of(const Reading& reading)
{
    return octets(at_most(reading.option(Watched::client_identifier), ClientTable::kMaxClientId));
}

/// All that names a client, in one string of octets; of the hardware address only what was sent, for without one its type says nothing.
std::vector<std::uint8_t> name_of(const HardwareAddress& hardware, std::span<const std::uint8_t> identifier)
{
    const auto card = std::span{hardware.octets}.first(hardware.length);
    std::vector<std::uint8_t> name(1 + (card.empty() ? 0 : 1 + card.size()) + identifier.size());
    auto at = name.begin();
    *at++ = hardware.length;
    if (!card.empty()) {
        *at++ = hardware.type;
        at = std::ranges::copy(card, at).out;
    }
    std::ranges::copy(identifier, at);
    return name;
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

ClientId ClientTable::identify(const Reading& reading, Instant at, bool& full, bool& guessed)
{
    const auto identifier = identifier_of(reading);
    if (reading.op == 1) {
        // Of a message that is cut or damaged the identifier may be what is missing.
        return find_or_add({reading.hardware, identifier, !identifier.empty() || !reading.malformed}, at, full);
    }
    if (!identifier.empty()) { // RFC 6842 §3
        if (const auto id = find_exactly({reading.hardware, identifier}); id != kNone) return id;
    }
    guessed = true;
    if (reading.hardware.length == 0 && identifier.empty()) return kNone; // it names nobody: only its xid can tell
    return find_or_add({reading.hardware, identifier, reading.hardware.length == 0}, at, full);
}

ClientId ClientTable::find_or_add(const Identity& who, Instant at, bool& full)
{
    if (who.hardware.length == 0) return find_or_add_further(who, at, full);
    const auto hash = by_hardware_.hash(key_of(who.hardware));
    const auto first = find(who.hardware, hash);
    if (first == kNone) {
        const auto id = add(who.hardware, at, full);
        if (id != kNone) by_hardware_.insert(hash, id);
        return id;
    }
    if (!who.told || !notes_[first].told || goes_by(first, who.identifier)) return first;
    const auto id = find_or_add_further(who, at, full);
    if (id != kNone) notes_[first].several = notes_[id].several = true;
    return id;
}

ClientId ClientTable::find_or_add_further(const Identity& who, Instant at, bool& full)
{
    auto name = name_of(who.hardware, who.identifier);
    if (const auto it = further_.find(name); it != further_.end()) return it->second;
    const auto id = add(who.hardware, at, full);
    if (id != kNone) further_.emplace(std::move(name), id);
    return id;
}

ClientId ClientTable::find_exactly(const Identity& who) const
{
    const auto first = who.hardware.length > 0 ? find(who.hardware) : kNone;
    if (first != kNone && notes_[first].told && goes_by(first, who.identifier)) return first;
    if (first != kNone && !notes_[first].several) return kNone;
    const auto it = further_.find(name_of(who.hardware, who.identifier));
    return it == further_.end() ? kNone : it->second;
}

bool ClientTable::goes_by(ClientId id, std::span<const std::uint8_t> identifier) const
{
    const auto& known = clients_[id].client_id;
    return std::equal(identifier.begin(), identifier.end(), known.begin(), known.end());
}

/// Once: whoever sends another identifier is another client.
void ClientTable::name(ClientId id, const Identity& who)
{
    if (!who.told || notes_[id].told) return;
    notes_[id].told = true;
    clients_[id].client_id.assign(who.identifier.begin(), who.identifier.end());
}

ClientId ClientTable::held(const HeldLease& lease, bool& full)
{
    const Identity who{lease.hardware, lease.client_id};
    const auto id = find_or_add(who, lease.renewed, full);
    if (id == kNone) return kNone;
    name(id, who);
    Client& client = clients_[id];
    client.last_seen = std::max(client.last_seen, lease.renewed);
    if (client.hostname.empty()) client.hostname = lease.hostname.substr(0, kMaxText);
    if (client.vendor_class.empty()) client.vendor_class = lease.vendor_class.substr(0, kMaxText);
    return id;
}

ClientId ClientTable::find(const HardwareAddress& hardware, std::uint32_t hash) const
{
    return by_hardware_.find(hash, [&](ClientId id) { return clients_[id].hardware == hardware; });
}

ClientId ClientTable::add(const HardwareAddress& hardware, Instant at, bool& full)
{
    if (clients_.size() >= limit_) {
        full = true;
        return kNone;
    }
    Client client;
    client.hardware = hardware;
    client.first_seen = client.last_seen = at;
    make_room(clients_);
    make_room(notes_);
    clients_.push_back(std::move(client));
    notes_.emplace_back();
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
    if (notes_[id].told) return;
    const auto identifier = identifier_of(reading);
    name(id, {client.hardware, identifier, !identifier.empty() || !reading.malformed});
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
    return clients_.size() * (sizeof(Client) + sizeof(Notes)) + clients_.size() * kText + by_hardware_.memory_used()
        + further_.size() * 128;
}

} // namespace dorascope::observe
