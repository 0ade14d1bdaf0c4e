// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/server/binding.h"

#include <algorithm>
#include <cstring>

namespace dorascope::server {

namespace {

constexpr std::size_t kTextHeader = 5;
constexpr std::size_t kIdPiece = 0, kHostPiece = 1, kVendorPiece = 2;

std::string_view as_text(std::span<const std::uint8_t> bytes)
{
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

std::span<const std::uint8_t> as_bytes(std::string_view text)
{
    return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

} // namespace

Instant Binding::deadline() const
{
    if (bound() || declined()) return expires;
    return offered() ? offer_until : kNoTimer;
}

std::span<const std::uint8_t> Binding::piece(std::size_t which) const
{
    if (!text_) return {};
    std::size_t at = kTextHeader;
    for (std::size_t i = 0; i < which; ++i)
        at += text_[2 + i];
    return {text_.get() + at, text_[2 + which]};
}

std::size_t Binding::text_capacity() const { return text_ ? static_cast<std::size_t>(text_[0] << 8 | text_[1]) : 0; }
std::string_view Binding::hostname() const { return as_text(piece(kHostPiece)); }
std::string_view Binding::vendor_class() const { return as_text(piece(kVendorPiece)); }

ClientKeyView Binding::key(const HardwareKey& scratch) const
{
    return {key_is_hardware ? ClientKey::Kind::hardware : ClientKey::Kind::identifier,
            key_in_text ? piece(kIdPiece) : scratch.bytes()};
}

bool Binding::is_of(const Client& client) const
{
    if (!indexed) return false;
    const HardwareKey scratch{hardware};
    return key(scratch) == client.key();
}

void Binding::identify(const Client& client)
{
    const ClientKeyView wanted = client.key();
    const bool same_client = is_of(client);
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
    std::size_t which = 2;
    for (const auto part : {id.first(std::min(id.size(), kMaxClientId)), as_bytes(host), as_bytes(vendor)}) {
        gathered[which++] = static_cast<std::uint8_t>(part.size());
        std::copy(part.begin(), part.end(), gathered.begin() + static_cast<std::ptrdiff_t>(size));
        size += part.size();
    }
    if (size == kTextHeader && !text_) return;
    std::size_t capacity = text_capacity();
    if (capacity < size) {
        capacity = size;
        text_ = std::make_unique_for_overwrite<std::uint8_t[]>(capacity);
    }
    gathered[0] = static_cast<std::uint8_t>(capacity >> 8);
    gathered[1] = static_cast<std::uint8_t>(capacity);
    std::memcpy(text_.get(), gathered.data(), size);
}

} // namespace dorascope::server
