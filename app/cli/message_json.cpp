// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/clock.h"
#include "app/cli/json.h"
#include "app/cli/json_value.h"
#include "app/cli/payload_view.h"
#include "engine/wire/message.h"
#include "engine/wire/message_type.h"
#include "engine/wire/option_table.h"

#include <algorithm>
#include <fmt/format.h>

namespace dorascope::cli {
namespace {

namespace at = wire::layout;

Json link_json(const decode::LinkInfo& link)
{
    return {{"source", json_of(link.source)},
            {"destination", json_of(link.destination)},
            {"vlan", link.vlan ? Json(*link.vlan) : Json(nullptr)}};
}

Json broadcast_json(std::optional<std::uint16_t> flags)
{
    return flags ? Json((*flags & wire::kBroadcastFlag) != 0) : Json(nullptr);
}

/// sname and file are text, unless option 52 says that options stand there (RFC 2132 §9.3).
Json text_field(const PayloadView& view, const wire::Dissection& dissection, wire::Area area, std::size_t offset,
                std::size_t size)
{
    const auto text = view.text(offset, size);
    if (!text) return nullptr;
    const bool overloaded = std::ranges::any_of(dissection.fields, [&](const wire::Field& f) { return f.area == area; });
    return overloaded ? "" : wire::printable(*text);
}

Json anomalies_json(const wire::Dissection& dissection)
{
    static constexpr std::array<std::string_view, 3> kSeverities{"note", "warning", "error"};
    Json array = Json::array();
    for (const auto& a : dissection.anomalies) {
        array.push_back({{"code", wire::to_string(a.code)},
                         {"severity", kSeverities.at(static_cast<std::size_t>(a.severity))},
                         {"offset", a.offset},
                         {"length", a.length},
                         {"option", a.option < 0 ? Json(nullptr) : Json(a.option)},
                         {"text", a.text},
                         {"clause", a.clause}});
    }
    return array;
}

void add_header(Json& object, const PayloadView& view)
{
    object["op"] = json_of(view.u8(at::op));
    object["htype"] = json_of(view.u8(at::htype));
    object["hlen"] = json_of(view.u8(at::hlen));
    object["hops"] = json_of(view.u8(at::hops));
    const auto xid = view.u32(at::xid);
    object["xid"] = xid ? Json(fmt::format("0x{:08x}", *xid)) : Json(nullptr);
    object["secs"] = json_of(view.u16(at::secs));
    object["broadcast"] = broadcast_json(view.u16(at::flags));
    object["ciaddr"] = json_of(view.address(at::ciaddr));
    object["yiaddr"] = json_of(view.address(at::yiaddr));
    object["siaddr"] = json_of(view.address(at::siaddr));
    object["giaddr"] = json_of(view.address(at::giaddr));
    object["chaddr"] = json_of(view.chaddr());
}

} // namespace

std::string message_json(const decode::Frame& frame, const decode::DhcpPacket& packet)
{
    const PayloadView view{packet.payload};
    const auto dissection = wire::dissect(packet.payload);
    Json object{{"frame", frame.number},
                {"time", seconds(frame.at)},
                {"link", link_json(packet.link)},
                {"ip", {{"source", json_of(packet.udp.source)}, {"destination", json_of(packet.udp.destination)}}},
                {"udp", {{"source_port", packet.udp.source_port}, {"destination_port", packet.udp.destination_port}}},
                {"type", rfc_name(dissection.type)}};
    add_header(object, view);
    object["sname"] = text_field(view, dissection, wire::Area::sname, at::sname, at::sname_size);
    object["file"] = text_field(view, dissection, wire::Area::file, at::file, at::file_size);
    object["options"] = options_json(packet.payload, dissection.options);
    object["anomalies"] = anomalies_json(dissection);
    return to_line(object);
}

} // namespace dorascope::cli
