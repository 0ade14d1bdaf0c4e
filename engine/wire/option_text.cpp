// SPDX-License-Identifier: GPL-3.0-or-later
// Option values in words. Whatever came over the network, the text is valid UTF-8 and has no control characters.
#include "engine/wire/cursor.h"
#include "engine/wire/hex.h"
#include "engine/wire/instant.h"
#include "engine/wire/message.h"
#include "engine/wire/message_type.h"
#include "engine/wire/option_layouts.h"
#include "engine/wire/option_table.h"
#include "engine/wire/printable.h"

#include <algorithm>
#include <array>
#include <fmt/format.h>

namespace dorascope::wire {

namespace {

std::span<const std::byte> bytes_of(std::span<const std::uint8_t> octets) { return std::as_bytes(octets); }
std::string safe(std::string_view text) { return printable(std::as_bytes(std::span{text})); }

template <class List, class Text> std::string joined(const List& list, Text text)
{
    std::string all;
    for (const auto& each : list) {
        if (!all.empty()) all += ", ";
        all += text(each);
    }
    return all;
}

/// IANA "Processor Architecture Types" (RFC 5970), with the names as they are used: 7 and 9 are both x64 UEFI (RFC 4578 erratum 4625).
constexpr std::array<std::string_view, 29> kArchitectures{
    "x86 BIOS",
    "NEC/PC98",
    "Itanium",
    "DEC Alpha",
    "Arc x86",
    "Intel Lean Client",
    "x86 UEFI",
    "x64 UEFI",
    "EFI Xscale",
    "EBC (x64 UEFI)",
    "ARM 32-bit UEFI",
    "ARM 64-bit UEFI",
    "PowerPC Open Firmware",
    "PowerPC ePAPR",
    "POWER OPAL v3",
    "x86 UEFI HTTP",
    "x64 UEFI HTTP",
    "EBC HTTP",
    "ARM 32-bit UEFI HTTP",
    "ARM 64-bit UEFI HTTP",
    "x86 BIOS HTTP",
    "ARM 32-bit U-Boot",
    "ARM 64-bit U-Boot",
    "ARM 32-bit U-Boot HTTP",
    "ARM 64-bit U-Boot HTTP",
    "RISC-V 32-bit UEFI",
    "RISC-V 32-bit UEFI HTTP",
    "RISC-V 64-bit UEFI",
    "RISC-V 64-bit UEFI HTTP",
};

std::string architecture(std::uint32_t code)
{
    if (code >= kArchitectures.size()) return std::to_string(code);
    return fmt::format("{} {}", code, kArchitectures[code]);
}

std::string number_text(std::uint8_t code, OptionFormat format, std::uint32_t v)
{
    static constexpr std::array<std::string_view, 4> kOverload{"", "file", "sname", "file and sname"};
    switch (format) {
    case OptionFormat::seconds: return v < 60 ? fmt::format("{} s", v) : fmt::format("{} s ({})", v, duration_text(v));
    case OptionFormat::message_type: {
        const auto name = rfc_name(static_cast<MessageType>(v));
        return name == "unassigned" || v == 0 ? fmt::format("{} (unassigned)", v) : std::string{name};
    }
    case OptionFormat::overload: return v < kOverload.size() && v > 0 ? std::string{kOverload[v]} : std::to_string(v);
    default: break;
    }
    if (code == 46) { // RFC 2132 §8.7
        const auto node = v == 1 ? "B-node" : v == 2 ? "P-node" : v == 4 ? "M-node" : v == 8 ? "H-node" : "";
        if (*node != '\0') return fmt::format("{} ({})", v, node);
    }
    return std::to_string(v);
}

std::string list_text(OptionFormat format, const std::vector<std::uint32_t>& list)
{
    if (format == OptionFormat::codes) {
        return joined(list, [](auto v) { return fmt::format("{} {}", v, option_info(static_cast<std::uint8_t>(v)).name); });
    }
    if (format == OptionFormat::u16s_arch) return joined(list, architecture);
    return joined(list, [](auto v) { return std::to_string(v); });
}

std::string uuid_text(std::span<const std::uint8_t> octets)
{
    auto hex = to_hex(octets);
    if (octets.size() != 17 || octets[0] != 0) return hex; // RFC 4578 §2.3: type 0 alone is defined
    const std::string_view h = std::string_view{hex}.substr(2);
    return fmt::format("{}-{}-{}-{}-{}", h.substr(0, 8), h.substr(8, 4), h.substr(12, 4), h.substr(16, 4), h.substr(20));
}

std::string client_identifier_text(std::span<const std::uint8_t> octets)
{
    if (octets.size() == 7 && octets[0] == 1) { // RFC 2132 §9.14: hardware type and address
        HardwareAddress hw{1, 6, {}};
        std::copy_n(octets.begin() + 1, 6, hw.octets.begin());
        return hw.to_string();
    }
    if (octets.size() > 5 && octets[0] == 255) { // RFC 4361 §6.1
        return fmt::format("IAID {}, DUID {}", to_hex(octets.subspan(1, 4)), to_hex(octets.subspan(5)));
    }
    return octets.size() > 1 && octets[0] == 0 ? text_or_hex(bytes_of(octets.subspan(1))) : to_hex(octets);
}

std::string auth_text(std::span<const std::uint8_t> octets)
{
    if (octets.size() < 11) return to_hex(octets);
    return fmt::format("protocol {}, algorithm {}, RDM {}, replay detection 0x{}, information {}", octets[0], octets[1],
                       octets[2], to_hex(octets.subspan(3, 8)), octets.size() == 11 ? "none" : to_hex(octets.subspan(11)));
}

std::string slp_agents_text(std::span<const std::uint8_t> octets)
{
    if (octets.empty()) return {};
    std::string all = octets[0] != 0 ? "mandatory: " : "";
    for (std::size_t i = 1; i + 4 <= octets.size(); i += 4) {
        if (i > 1) all += ", ";
        all += Ipv4Address::from_octets(octets[i], octets[i + 1], octets[i + 2], octets[i + 3]).to_string();
    }
    return all;
}

std::string opaque_text(OptionFormat format, std::span<const std::uint8_t> octets)
{
    switch (format) {
    case OptionFormat::hardware_or_opaque: return client_identifier_text(octets);
    case OptionFormat::uuid: return uuid_text(octets);
    case OptionFormat::auth: return auth_text(octets);
    case OptionFormat::slp_agents: return slp_agents_text(octets);
    case OptionFormat::client_ndi:
        if (octets.size() != 3) break;
        return fmt::format("{} {}.{}", octets[0] == 1 ? "UNDI" : fmt::format("type {}", octets[0]), octets[1], octets[2]);
    case OptionFormat::status:
        if (octets.empty()) break;
        return octets.size() == 1 ? std::to_string(octets[0])
                                  : fmt::format("{}: {}", octets[0], printable(bytes_of(octets.subspan(1))));
    case OptionFormat::slp_scope:
        if (octets.empty()) break;
        return (octets[0] != 0 ? "mandatory: " : "") + printable(bytes_of(octets.subspan(1)));
    default: break;
    }
    return to_hex(octets);
}

std::string fqdn_text(const Fqdn& fqdn)
{
    std::string text = fqdn.name.empty() ? "no name" : safe(fqdn.name);
    if ((fqdn.flags & Fqdn::kServerUpdates) != 0) text += ", server updates A";
    if ((fqdn.flags & Fqdn::kOverride) != 0) text += ", server overrode the client";
    if ((fqdn.flags & Fqdn::kNoUpdate) != 0) text += ", server makes no DNS updates";
    return text;
}

std::string suboption_text(std::uint8_t code, const SubOption& sub)
{
    const auto name = suboption_name(code, sub.code);
    return fmt::format("{}: {}", name.empty() ? std::to_string(sub.code) : std::string{name},
                       suboption_value_text(code, sub.code, bytes_of(sub.data)));
}

std::string vendor_block_text(OptionFormat format, const VendorBlock& block)
{
    std::string text = fmt::format("enterprise {}", block.enterprise);
    for (const auto& each : block.options) {
        text += format == OptionFormat::vendor_class ? fmt::format(": {}", text_or_hex(bytes_of(each.data)))
                                                     : fmt::format(", {}: {}", each.code, text_or_hex(bytes_of(each.data)));
    }
    return text;
}

/// One overload for each alternative of OptionValue.
struct Words {
    std::uint8_t code;
    OptionFormat format;

    std::string operator()(std::monostate) const { return {}; }
    std::string operator()(Flag flag) const { return flag.on ? "on" : "off"; }
    std::string operator()(std::uint32_t v) const { return number_text(code, format, v); }
    std::string operator()(std::int32_t v) const { return fmt::format("{} s", v); }
    std::string operator()(Infinite) const { return "infinite"; }
    std::string operator()(Ipv4Address v) const { return v.to_string(); }
    std::string operator()(const std::vector<Ipv4Address>& v) const
    {
        return joined(v, [](Ipv4Address a) { return a.to_string(); });
    }
    std::string operator()(const std::vector<std::pair<Ipv4Address, Ipv4Address>>& v) const
    {
        // Routes lead to a router; policy filters (21) are a destination and its mask.
        const auto between = code == option::static_routes ? " via " : " mask ";
        return joined(v, [&](const auto& p) { return p.first.to_string() + between + p.second.to_string(); });
    }
    std::string operator()(const std::vector<std::uint32_t>& v) const { return list_text(format, v); }
    std::string operator()(const std::string& v) const { return safe(v); }
    std::string operator()(const std::vector<std::string>& v) const { return joined(v, safe); }
    std::string operator()(const std::vector<Route>& v) const
    {
        return joined(v, [](const Route& r) { return r.destination.to_string() + " via " + r.router.to_string(); });
    }
    std::string operator()(const std::vector<SubOption>& v) const
    {
        return joined(v, [this](const SubOption& s) { return suboption_text(code, s); });
    }
    std::string operator()(const std::vector<VendorBlock>& v) const
    {
        return joined(v, [this](const VendorBlock& b) { return vendor_block_text(format, b); });
    }
    std::string operator()(const Fqdn& v) const { return fqdn_text(v); }
    std::string operator()(const OpaqueValue& v) const
    {
        const auto layout = option_layout(code, bytes_of(v.bytes));
        return layout && !layout->fault ? layout->text() : opaque_text(format, v.bytes);
    }
};

} // namespace

std::string to_text(std::uint8_t code, const OptionValue& value)
{
    return std::visit(Words{code, option_info(code).format}, value);
}

std::string option_text(std::uint8_t code, std::span<const std::byte> data)
{
    if (const auto value = decode_option(code, data)) return to_text(code, *value);
    // iPXE and others put a bare word into the user class instead of RFC 3004's blocks.
    const bool for_people = option_info(code).format == OptionFormat::user_class;
    return for_people ? text_or_hex(data) : to_hex(data);
}

std::string suboption_value_text(std::uint8_t code, std::uint8_t suboption, std::span<const std::byte> data)
{
    // RFC 3527, RFC 5107; RFC 3495 §5.1: addresses.
    const bool address =
        code == option::relay_agent_information ? suboption == 5 || suboption == 11 : code == 122 && suboption <= 2;
    if (address && data.size() == 4) return Ipv4Address{load_u32(data.data())}.to_string();
    return text_or_hex(data);
}

std::string duration_text(std::uint32_t seconds)
{
    if (seconds == kInfiniteSeconds) return "infinite";
    if (seconds == 0) return "0 s";
    struct Unit {
        std::uint32_t seconds;
        std::string_view name;
    };
    static constexpr std::array<Unit, 4> kUnits{{{86400, "d"}, {3600, "h"}, {60, "min"}, {1, "s"}}};
    std::string text;
    for (const auto& unit : kUnits) {
        const auto n = seconds / unit.seconds;
        if (n == 0) continue;
        text += fmt::format("{}{} {}", text.empty() ? "" : " ", n, unit.name);
        seconds %= unit.seconds;
    }
    return text;
}

} // namespace dorascope::wire
