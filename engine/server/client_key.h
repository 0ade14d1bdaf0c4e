// SPDX-License-Identifier: GPL-3.0-or-later
// Who is asking, as one message tells it (RFC 2131 §4.2): the key that bindings hang on, and what is kept for people to read. Borrowed
// views and fixed buffers, so that looking a client up allocates nothing.
#pragma once

#include "engine/server/lease.h"
#include "engine/server/relay_information.h"

#include <array>
#include <cstdint>
#include <span>
#include <string_view>

namespace dorascope::server {

/// RFC 2132 §9.14 gives option 61 one length octet. RFC 3396 could join more; nobody needs it, and a bound on what is kept does.
inline constexpr std::size_t kMaxClientId = 255;
/// What Lease keeps of options 12 and 60.
inline constexpr std::size_t kMaxLabel = 63;

/// Text from the network, cut to kMaxLabel octets, printable ASCII only.
class Label {
public:
    Label() = default;
    explicit Label(std::string_view text);
    std::string_view view() const { return {text_.data(), size_}; }
    bool empty() const { return size_ == 0; }

private:
    std::array<char, kMaxLabel> text_;
    std::uint8_t size_ = 0;
};

/// A ClientKey that lies elsewhere.
struct ClientKeyView {
    ClientKey::Kind kind = ClientKey::Kind::hardware;
    std::span<const std::uint8_t> bytes;

    ClientKeyView() = default;
    ClientKeyView(ClientKey::Kind k, std::span<const std::uint8_t> b) : kind{k}, bytes{b} { }
    explicit ClientKeyView(const ClientKey& key) : kind{key.kind}, bytes{key.bytes} { }
    ClientKey copy() const { return {kind, {bytes.begin(), bytes.end()}}; }
    bool operator==(const ClientKeyView& other) const;
};

/// htype followed by hlen octets of chaddr, as ClientKey::Kind::hardware has it.
struct HardwareKey {
    explicit HardwareKey(const HardwareAddress& hardware);
    std::span<const std::uint8_t> bytes() const { return {octets.data(), size}; }
    std::array<std::uint8_t, 1 + HardwareAddress::kMaxLength> octets{};
    std::uint8_t size = 0;
};

/// The sender of a message.
struct Client {
    /// Reads chaddr and options 12, 60, 61, 82. The identifier and what the relay added are borrowed from `message`.
    explicit Client(const wire::Message& message);
    /// A client as a stored lease describes it; `lease` outlives this.
    explicit Client(const Lease& lease);

    /// Without chaddr and without identifier nobody can be told apart.
    bool has_key() const { return !identifier.empty() || hardware.length > 0; }
    ClientKeyView key() const
    {
        if (!identifier.empty()) return {ClientKey::Kind::identifier, identifier};
        return {ClientKey::Kind::hardware, hardware_key.bytes()};
    }
    /// hash_key() of it; worked out once, because a message is looked up many times.
    std::uint32_t hash(std::uint64_t seed) const
    {
        if (hash_ == 0 || hash_seed_ != seed) remember_hash(seed);
        return hash_;
    }

    HardwareAddress hardware;
    HardwareKey hardware_key;
    std::span<const std::uint8_t> identifier; ///< option 61; empty: none
    Label hostname, vendor_class;
    RelayInformation relay; ///< empty for a stored lease

private:
    void remember_hash(std::uint64_t seed) const;
    mutable std::uint64_t hash_seed_ = 0;
    mutable std::uint32_t hash_ = 0; ///< 0: perhaps not known
};

/// Keyed, so that nobody on the network can choose identifiers that collide.
std::uint32_t hash_key(const ClientKeyView& key, std::uint64_t seed);

} // namespace dorascope::server
