// SPDX-License-Identifier: GPL-3.0-or-later
// DHCP payloads octet by octet, right or wrong: the writer of the engine is not used, so that a fault of its own cannot hide.
#pragma once

#include "engine/wire/message.h"

#include <cstdint>
#include <initializer_list>
#include <string_view>

namespace dorascope::test {

using Bytes = wire::Buffer;

/// "63 82 53 63" or "63825363" to octets. Throws on anything else.
Bytes hex(std::string_view text);
Bytes text(std::string_view characters);

/// A BOOTREQUEST of Ethernet client 02:00:00:00:00:01, xid 0x3903f326, with cookie and whatever options are added. No END by itself.
class RawMessage {
public:
    RawMessage();

    RawMessage& octet(std::size_t offset, std::uint8_t value);
    RawMessage& word(std::size_t offset, std::uint32_t value);
    RawMessage& type(MessageType type) { return option(53, {static_cast<std::uint8_t>(type)}); }
    RawMessage& option(std::uint8_t code, std::initializer_list<std::uint8_t> data);
    RawMessage& option(std::uint8_t code, const Bytes& data); ///< at most 255 octets
    RawMessage& raw(std::initializer_list<std::uint8_t> octets); ///< appended as they are
    RawMessage& end() { return raw({255}); }
    /// Options now go there (they are put over what stands in the field), or back behind the cookie.
    RawMessage& in_file() { return in(108, 236); }
    RawMessage& in_sname() { return in(44, 108); }
    RawMessage& in_options() { return in(0, 0); }
    /// Zeros up to `size` octets.
    RawMessage& pad_to(std::size_t size);

    const Bytes& bytes() const { return bytes_; }
    operator std::span<const std::byte>() const { return bytes_; }

private:
    RawMessage& in(std::size_t begin, std::size_t end);
    void put(std::uint8_t octet);

    Bytes bytes_;
    std::size_t at_ = 0, limit_ = 0; ///< within file or sname; 0: append
};

} // namespace dorascope::test
