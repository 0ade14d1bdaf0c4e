// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/server/client_key.h"

#include "engine/server/fqdn.h"

#include <algorithm>
#include <cstring>

namespace dorascope::server {

namespace {

__extension__ using Wide = unsigned __int128;

std::uint64_t fold(std::uint64_t a, std::uint64_t b)
{
    const Wide product = Wide{a} * b;
    return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64);
}

std::span<const std::uint8_t> identifier_of(const wire::Message& message)
{
    // RFC 2132 §9.14: at least two octets; an empty one identifies nobody, and chaddr takes its place.
    const auto data = message.options.find(wire::option::client_identifier);
    if (!data) return {};
    return {reinterpret_cast<const std::uint8_t*>(data->data()), data->size()};
}

/// RFC 4702 §3.1: a client that sends option 81 sends no option 12 beside it. Its host's label stands for that name.
std::string_view name_of(const wire::Message& message)
{
    const auto name = message.options.text(wire::option::host_name).value_or("");
    if (!name.empty()) return name;
    const auto fqdn = message.options.find(wire::option::client_fqdn);
    return fqdn ? host_label(*fqdn) : std::string_view{};
}

/// A row keyed by hardware says it twice; the key is what its client will be found by.
HardwareAddress hardware_of(const Lease& lease)
{
    const auto& bytes = lease.client.bytes;
    if (lease.client.kind != ClientKey::Kind::hardware || bytes.empty() || bytes.size() > 1 + HardwareAddress::kMaxLength) {
        HardwareAddress hardware = lease.hardware;
        hardware.length = std::min<std::uint8_t>(hardware.length, HardwareAddress::kMaxLength);
        return hardware;
    }
    HardwareAddress hardware{bytes[0], static_cast<std::uint8_t>(bytes.size() - 1), {}};
    std::copy(bytes.begin() + 1, bytes.end(), hardware.octets.begin());
    return hardware;
}

} // namespace

Label::Label(std::string_view text)
{
    for (const char c : text) {
        if (size_ == kMaxLabel) break;
        if (c >= 0x20 && c < 0x7f) text_[size_++] = c;
    }
}

bool ClientKeyView::operator==(const ClientKeyView& other) const
{
    return kind == other.kind && bytes.size() == other.bytes.size()
        && std::memcmp(bytes.data(), other.bytes.data(), bytes.size()) == 0;
}

HardwareKey::HardwareKey(const HardwareAddress& hardware)
{
    octets[0] = hardware.type;
    const auto bytes = hardware.bytes();
    std::copy(bytes.begin(), bytes.end(), octets.begin() + 1);
    size = static_cast<std::uint8_t>(1 + bytes.size());
}

Client::Client(const wire::Message& message)
    : hardware{message.hardware()}, hardware_key{hardware}, identifier{identifier_of(message)}, hostname{name_of(message)},
      vendor_class{message.options.text(wire::option::vendor_class_identifier).value_or("")}, relay{message}
{ }

Client::Client(const Lease& lease)
    : hardware{hardware_of(lease)}, hardware_key{hardware}, hostname{lease.hostname}, vendor_class{lease.vendor_class}
{
    if (lease.client.kind == ClientKey::Kind::identifier) identifier = lease.client.bytes;
}

void Client::remember_hash(std::uint64_t seed) const
{
    hash_seed_ = seed;
    hash_ = hash_key(key(), seed);
}

std::optional<ClientKey> client_key(const wire::Message& message)
{
    const Client client{message};
    if (!client.has_key()) return std::nullopt;
    return client.key().copy();
}

std::uint32_t hash_key(const ClientKeyView& key, std::uint64_t seed)
{
    constexpr std::uint64_t kMix = 0x9e3779b97f4a7c15ULL;
    std::uint64_t h = fold(seed ^ kMix, (key.bytes.size() << 1 | static_cast<std::size_t>(key.kind)) ^ 0xd6e8feb86659fd93ULL);
    auto rest = key.bytes;
    while (!rest.empty()) {
        std::uint64_t word = 0;
        const std::size_t n = std::min<std::size_t>(rest.size(), sizeof word);
        std::memcpy(&word, rest.data(), n);
        h = fold(h ^ word, seed | 1) ^ (h >> 29) ^ (word * kMix);
        rest = rest.subspan(n);
    }
    h = fold(h ^ seed, kMix);
    return static_cast<std::uint32_t>(h ^ (h >> 32));
}

} // namespace dorascope::server
