// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/json_value.h"
#include "engine/wire/hex.h"
#include "engine/wire/message_type.h"
#include "engine/wire/option_table.h"

#include <algorithm>

namespace dorascope::cli {
namespace {

Json text_json(const std::string& text) { return wire::printable(std::as_bytes(std::span{text})); }

template <typename T, typename Each> Json array_of(const std::vector<T>& items, Each each)
{
    Json array = Json::array();
    for (const auto& item : items)
        array.push_back(each(item));
    return array;
}

Json suboption(const wire::SubOption& sub)
{
    Json object{{"code", sub.code}, {"hex", wire::to_hex(sub.data)}};
    const bool readable =
        !sub.data.empty() && std::ranges::all_of(sub.data, [](std::uint8_t c) { return c >= 0x20 && c < 0x7f; });
    if (readable) object["text"] = std::string(sub.data.begin(), sub.data.end());
    return object;
}

Json vendor_block(const wire::VendorBlock& block)
{
    return {{"enterprise", block.enterprise}, {"options", array_of(block.options, suboption)}};
}

/// One alternative of OptionValue each.
struct ToJson {
    Json operator()(std::monostate) const { return nullptr; }
    Json operator()(wire::Flag flag) const { return flag.on; }
    Json operator()(std::uint32_t number) const { return number; }
    Json operator()(std::int32_t number) const { return number; }
    Json operator()(wire::Infinite) const { return 0xffffffffU; } // a number like other times: RFC 2131 §3.3
    Json operator()(Ipv4Address address) const { return json_of(address); }
    Json operator()(const std::vector<Ipv4Address>& list) const
    {
        return array_of(list, [](Ipv4Address a) { return json_of(a); });
    }
    Json operator()(const std::vector<std::pair<Ipv4Address, Ipv4Address>>& list) const
    {
        return array_of(list, [](const auto& pair) { return Json::array({json_of(pair.first), json_of(pair.second)}); });
    }
    Json operator()(const std::vector<std::uint32_t>& list) const { return list; }
    Json operator()(const std::string& text) const { return text_json(text); }
    Json operator()(const std::vector<std::string>& list) const { return array_of(list, text_json); }
    Json operator()(const std::vector<wire::Route>& list) const
    {
        return array_of(list, [](const wire::Route& route) {
            return Json{{"destination", route.destination.to_string()}, {"router", json_of(route.router)}};
        });
    }
    Json operator()(const std::vector<wire::SubOption>& list) const { return array_of(list, suboption); }
    Json operator()(const std::vector<wire::VendorBlock>& list) const { return array_of(list, vendor_block); }
    Json operator()(const wire::Fqdn& fqdn) const
    {
        return {{"flags", fqdn.flags}, {"rcode1", fqdn.rcode1}, {"rcode2", fqdn.rcode2}, {"name", text_json(fqdn.name)}};
    }
    Json operator()(const wire::OpaqueValue& opaque) const { return wire::to_hex(opaque.bytes); }
};

/// Option 53 by its RFC name; an unassigned type stays a number.
Json message_type_value(std::uint8_t number)
{
    const auto type = static_cast<MessageType>(number);
    const bool assigned = number >= 1 && number <= static_cast<std::uint8_t>(MessageType::lease_active);
    return assigned ? Json(rfc_name(type)) : Json(number);
}

/// Option 61 as a MAC address where it is one (RFC 2132 §9.14: type 1 and six octets), else hex.
Json client_identifier_value(std::span<const std::byte> data)
{
    if (data.size() != 7 || data[0] != std::byte{1}) return wire::to_hex(data);
    MacAddress mac;
    for (std::size_t i = 0; i < mac.octets.size(); ++i)
        mac.octets[i] = std::to_integer<std::uint8_t>(data[i + 1]);
    return json_of(mac);
}

std::span<const std::byte> data_of(std::span<const std::byte> payload, const wire::WireOption& option)
{
    return payload.subspan(option.data_offset, option.data_length);
}

/// RFC 3396: pieces of one option are read together. A piece that makes sense alone keeps its own value (senders repeat options, too);
/// where it does not, the first piece carries the value of all.
Json piece_value(std::span<const std::byte> payload, std::span<const wire::WireOption> options, std::size_t i)
{
    const auto code = options[i].code;
    auto value = option_value(code, data_of(payload, options[i]));
    if (!value.is_null() || wire::option_info(code).format == wire::OptionFormat::none) return value;
    const auto same = [&](const wire::WireOption& o) { return o.code == code; };
    if (std::ranges::count_if(options, same) < 2 || std::ranges::any_of(options.first(i), same)) return value;
    std::vector<std::byte> joined;
    for (const auto& o : options) {
        if (!same(o)) continue;
        const auto piece = data_of(payload, o);
        joined.insert(joined.end(), piece.begin(), piece.end());
    }
    return option_value(code, joined);
}

} // namespace

std::string to_line(const Json& object) { return object.dump(-1, ' ', false, Json::error_handler_t::replace); }

Json option_value(std::uint8_t code, std::span<const std::byte> data)
{
    const auto value = wire::decode_option(code, data);
    if (!value) return nullptr;
    switch (wire::option_info(code).format) {
    case wire::OptionFormat::message_type: return message_type_value(std::to_integer<std::uint8_t>(data[0]));
    case wire::OptionFormat::hardware_or_opaque: return client_identifier_value(data);
    default: return std::visit(ToJson{}, *value);
    }
}

Json options_json(std::span<const std::byte> payload, std::span<const wire::WireOption> options)
{
    Json array = Json::array();
    for (std::size_t i = 0; i < options.size(); ++i) {
        const auto& option = options[i];
        array.push_back({{"code", option.code},
                         {"name", wire::option_info(option.code).name},
                         {"value", piece_value(payload, options, i)},
                         {"hex", wire::to_hex(data_of(payload, option))},
                         {"area", wire::to_string(option.area)}});
    }
    return array;
}

} // namespace dorascope::cli
