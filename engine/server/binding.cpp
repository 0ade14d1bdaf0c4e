// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/server/binding.h"

#include <algorithm>
#include <cstring>

namespace dorascope::server {

namespace {

constexpr std::size_t kTextHeader = 3;
constexpr std::size_t kIdPiece = 0, kHostPiece = 1, kVendorPiece = 2;

std::string_view as_text(std::span<const std::uint8_t> bytes)
{
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

std::span<const std::uint8_t> as_bytes(std::string_view text)
{
    return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

/// Of Ethernet nearly always, and then not worth a call.
bool same_octets(const std::uint8_t* a, const std::uint8_t* b, std::size_t length)
{
    return length == 6 ? std::memcmp(a, b, 6) == 0 : std::memcmp(a, b, length) == 0;
}

} // namespace

Instant Binding::deadline() const
{
    if (bound() || quarantined()) return expires;
    return offered() ? offer_until : kNoTimer;
}

std::span<const std::uint8_t> Binding::piece(std::size_t which) const
{
    if (!text_) return {};
    std::size_t at = kTextHeader;
    for (std::size_t i = 0; i < which; ++i)
        at += text_[i];
    return {text_.get() + at, text_[which]};
}

std::string_view Binding::hostname() const { return as_text(piece(kHostPiece)); }
std::string_view Binding::vendor_class() const { return as_text(piece(kVendorPiece)); }

ClientKeyView Binding::key(const HardwareKey& scratch) const
{
    return {key_is_hardware ? ClientKey::Kind::hardware : ClientKey::Kind::identifier,
            key_in_text ? piece(kIdPiece) : scratch.bytes()};
}

bool Binding::is_of(const Client& client) const
{
    const ClientKeyView wanted = client.key();
    if (!indexed || key_is_hardware != (wanted.kind == ClientKey::Kind::hardware)) return false;
    if (key_in_text) return std::ranges::equal(piece(kIdPiece), wanted.bytes);
    return wanted.bytes.size() == std::size_t{1} + hardware.length && wanted.bytes[0] == hardware.type
        && same_octets(wanted.bytes.data() + 1, hardware.octets.data(), hardware.length);
}

void Binding::identify(const Client& client, bool same_client)
{
    const ClientKeyView wanted = client.key();
    const auto host = client.hostname.empty() && same_client ? hostname() : client.hostname.view();
    const auto vendor = client.vendor_class.empty() && same_client ? vendor_class() : client.vendor_class.view();
    if (same_client && hardware == client.hardware && host == hostname() && vendor == vendor_class()) return;

    key_is_hardware = wanted.kind == ClientKey::Kind::hardware;
    hardware = client.hardware;
    // The usual identifier repeats htype and chaddr; it need not be kept twice.
    const bool repeats = std::ranges::equal(wanted.bytes, client.hardware_key.bytes());
    store_text(repeats ? std::span<const std::uint8_t>{} : wanted.bytes, host, vendor);
    key_in_text = !repeats;
}

void Binding::store_text(std::span<const std::uint8_t> id, std::string_view host, std::string_view vendor)
{
    // `host` and `vendor` may lie in text_ itself, so they are gathered before anything is overwritten.
    std::array<std::uint8_t, kTextHeader + kMaxClientId + 2 * kMaxLabel> gathered;
    std::size_t size = kTextHeader;
    std::size_t which = 0;
    for (const auto part : {id.first(std::min(id.size(), kMaxClientId)), as_bytes(host), as_bytes(vendor)}) {
        gathered[which++] = static_cast<std::uint8_t>(part.size());
        std::copy(part.begin(), part.end(), gathered.begin() + static_cast<std::ptrdiff_t>(size));
        size += part.size();
    }
    if (size == kTextHeader && !text_) return;
    if (text_capacity() < size) {
        text_capacity_ = static_cast<std::uint8_t>((size + 1) / 2);
        text_ = std::make_unique_for_overwrite<std::uint8_t[]>(text_capacity());
    }
    std::memcpy(text_.get(), gathered.data(), size);
}

} // namespace dorascope::server
