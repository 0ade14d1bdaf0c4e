// SPDX-License-Identifier: GPL-3.0-or-later
// A DHCP message, normalised for the server and the virtual clients (RFC 2131 §2): fields, and each option once, RFC 3396 pieces joined
// in the order options → file → sname. What order and duplicates were on the wire is Dissection's business.
#pragma once

#include "engine/wire/address.h"
#include "engine/wire/cursor.h"
#include "engine/wire/message_type.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

namespace dorascope::wire {

using Buffer = std::vector<std::byte>;

/// Option codes by the names the RFCs use. The full table is option_table.h.
namespace option {
inline constexpr std::uint8_t pad = 0, subnet_mask = 1, router = 3, dns_servers = 6, host_name = 12, domain_name = 15,
                              broadcast_address = 28, static_routes = 33, ntp_servers = 42, vendor_specific = 43,
                              requested_address = 50, lease_time = 51, overload = 52, message_type = 53, server_identifier = 54,
                              parameter_request_list = 55, message = 56, max_message_size = 57, renewal_time = 58,
                              rebinding_time = 59, vendor_class_identifier = 60, client_identifier = 61, tftp_server_name = 66,
                              bootfile_name = 67, user_class = 77, rapid_commit = 80, client_fqdn = 81,
                              relay_agent_information = 82, domain_search = 119, classless_routes = 121, end = 255;
} // namespace option

/// The options of one message, in order, each code once. Keeps its buffers when cleared, so a reused Message allocates nothing. They lie in
/// memory as on the wire, code and length before the data, so that a usual message is written in one piece.
class Options {
public:
    Options() = default;
    Options(const Options&) = default;
    Options& operator=(const Options&) = default;
    Options(Options&& other) noexcept { swap(other); } ///< leaves none behind
    Options& operator=(Options&& other) noexcept
    {
        if (this == &other) return *this;
        swap(other);
        other.clear();
        return *this;
    }
    ~Options() = default;
    void swap(Options& other) noexcept;

    /// Appends, or extends the option when the code is there already (RFC 3396 §7: pieces are concatenated).
    void append(std::uint8_t code, std::span<const std::byte> data);
    /// Replaces (keeping its place) or appends.
    void set(std::uint8_t code, std::span<const std::byte> data);
    void set_u8(std::uint8_t code, std::uint8_t v);
    void set_u16(std::uint8_t code, std::uint16_t v);
    void set_u32(std::uint8_t code, std::uint32_t v);
    void set_address(std::uint8_t code, Ipv4Address v);
    void set_text(std::uint8_t code, std::string_view v);
    void erase(std::uint8_t code);
    void clear();

    bool has(std::uint8_t code) const { return (present_[code >> 6] >> (code & 63) & 1) != 0; }
    /// The data; valid until the next change.
    std::optional<std::span<const std::byte>> find(std::uint8_t code) const
    {
        if (!has(code)) return std::nullopt;
        const Entry& e = entry(code);
        return std::span<const std::byte>{bytes_.data() + e.offset, e.length};
    }
    /// Typed reads: nothing when absent or of the wrong length.
    std::optional<std::uint8_t> u8(std::uint8_t code) const
    {
        const auto* data = exactly(1, code);
        return data == nullptr ? std::nullopt : std::optional{load_u8(data)};
    }
    std::optional<std::uint16_t> u16(std::uint8_t code) const
    {
        const auto* data = exactly(2, code);
        return data == nullptr ? std::nullopt : std::optional{load_u16(data)};
    }
    std::optional<std::uint32_t> u32(std::uint8_t code) const
    {
        const auto* data = exactly(4, code);
        return data == nullptr ? std::nullopt : std::optional{load_u32(data)};
    }
    std::optional<Ipv4Address> address(std::uint8_t code) const
    {
        const auto* data = exactly(4, code);
        return data == nullptr ? std::nullopt : std::optional{Ipv4Address{load_u32(data)}};
    }
    /// Bytes as they are, a trailing NUL dropped.
    std::optional<std::string_view> text(std::uint8_t code) const;

    std::size_t size() const { return count_; }
    bool empty() const { return count_ == 0; }
    struct View {
        std::uint8_t code;
        std::span<const std::byte> data;
    };
    /// i < size()
    View at(std::size_t i) const { return {code_of(entries_[i]), {bytes_.data() + entries_[i].offset, entries_[i].length}}; }
    /// All of them, as they are to be on the wire but for END; nothing where one needs more than one piece. Valid until the next change.
    std::optional<std::span<const std::byte>> run() const
    {
        if (long_ != 0) return std::nullopt;
        return std::span<const std::byte>{bytes_.data(), used_};
    }

    bool operator==(const Options& other) const;

private:
    friend class OptionJoiner;
    static constexpr std::size_t kHead = 2; ///< code and length
    static constexpr std::size_t kPiece = 255; ///< the most data one code-length pair can carry (RFC 3396 §5)
    struct Entry {
        std::uint32_t offset, length; ///< of the data
    };
    std::uint8_t code_of(const Entry& e) const { return load_u8(bytes_.data() + e.offset - kHead); }
    Entry& entry(std::uint8_t code) { return entries_[place_[code]]; }
    const Entry& entry(std::uint8_t code) const { return entries_[place_[code]]; }
    const std::byte* exactly(std::size_t length, std::uint8_t code) const
    {
        if (!has(code)) return nullptr;
        const Entry& e = entry(code);
        return e.length == length ? bytes_.data() + e.offset : nullptr;
    }
    void add(std::uint8_t code, std::span<const std::byte> data);
    std::byte* room_for(std::uint8_t code, std::size_t length);
    std::size_t open(std::uint8_t code, std::size_t length); ///< as room_for(), its place in bytes_
    void grow(std::size_t end);
    void replace(std::uint8_t code, std::size_t at, std::size_t removed, std::span<const std::byte> data);
    void move_tail(std::size_t from, std::size_t to);

    std::array<std::uint64_t, 4> present_{}; ///< one bit a code, so that asking for what is not there costs nothing
    std::array<std::uint8_t, 256> place_{}; ///< in entries_, of a code that is present
    std::vector<Entry> entries_; ///< the first count_; room for every code as soon as there is one
    std::vector<std::byte> bytes_; ///< the first used_: the options in the order of entries_, without gaps
    std::size_t count_ = 0, used_ = 0;
    std::size_t long_ = 0; ///< options of more than one piece; the length octet before their data says nothing
};

inline constexpr std::uint16_t kBroadcastFlag = 0x8000;
inline constexpr std::size_t kHeaderSize = 236; ///< op … file, before the magic cookie
inline constexpr std::size_t kBootpMinimum = 300; ///< RFC 1542 §2.1: replies are padded to this
inline constexpr std::size_t kDefaultMaxMessage = 576; ///< RFC 2131 §2: IP datagram size every client takes

struct Message {
    std::uint8_t op = 1; ///< 1 BOOTREQUEST, 2 BOOTREPLY
    std::uint8_t htype = 1;
    std::uint8_t hlen = 6; ///< ≤ 16 after parse
    std::uint8_t hops = 0;
    std::uint32_t xid = 0;
    std::uint16_t secs = 0;
    std::uint16_t flags = 0;
    Ipv4Address ciaddr, yiaddr, siaddr, giaddr;
    std::array<std::byte, 16> chaddr{}; ///< all sixteen octets, also those past hlen
    std::string sname; ///< up to 64 octets to the first NUL; empty when overloaded
    std::string file; ///< up to 128 octets to the first NUL; empty when overloaded
    Options options; ///< without pad, end, overload

    /// none without a valid option 53
    MessageType type() const { return static_cast<MessageType>(options.u8(option::message_type).value_or(0)); }
    bool broadcast() const { return (flags & kBroadcastFlag) != 0; }
    HardwareAddress hardware() const;
    void set_hardware(const HardwareAddress& hw);
    void clear(); ///< to a default Message, keeping buffers
    bool operator==(const Message&) const = default;
};

enum class ParseCode : std::uint8_t {
    too_short, ///< fewer than 240 octets
    bad_cookie,
    bad_op,
    bad_hlen,
    option_overruns, ///< an option's length reaches past its area
    bad_overload,
};
struct ParseError {
    ParseCode code{};
    std::size_t offset = 0; ///< into the payload
    std::uint8_t option = 0; ///< the option concerned, 0 if none
};
std::string_view to_string(ParseCode code);

/// A missing END is tolerated (many old clients); everything that could make two readers disagree is an error.
tl::expected<Message, ParseError> parse(std::span<const std::byte> payload);
/// The same into a reused Message; on error its contents are unspecified but valid.
tl::expected<void, ParseError> parse_into(std::span<const std::byte> payload, Message& message);

struct EmitRules {
    /// Ceiling for the UDP payload. From option 57 (which counts the IP and UDP header: minus 28), never below 548.
    std::size_t max_payload = kDefaultMaxMessage - 28;
    std::size_t min_payload = kBootpMinimum;
    bool may_overload = true; ///< use file and sname when options do not fit (RFC 2131 §4.1, option 52)
};
/// EmitRules for a client that sent `option57` (or nothing), on a link that takes IP datagrams of `mtu` octets. Values under 576 count as 576
/// (RFC 2132 §9.10).
EmitRules emit_rules_for(std::optional<std::uint16_t> option57, std::size_t mtu = 0xffff);

struct EmitResult {
    std::vector<std::uint8_t> left_out; ///< codes that did not fit under the ceiling; empty almost always
    bool overloaded = false;
};
/// Writes the message, replacing `out`'s contents. Options keep their order except that 82 goes last (RFC 3046 §2.1) and never into
/// file or sname; those over 255 octets are split (RFC 3396). Options that do not fit are left out whole, and said.
EmitResult emit(const Message& message, const EmitRules& rules, Buffer& out);

} // namespace dorascope::wire
