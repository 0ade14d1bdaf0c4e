// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/server/reply.h"

#include <algorithm>

namespace dorascope::server {

namespace {

namespace option = wire::option;

/// RFC 2131 table 3. hops, secs, siaddr stay 0, sname and file empty: this server boots nobody.
void fill_fields(const wire::Message& request, const ReplyTerms& terms, wire::Message& reply)
{
    reply.op = 2;
    reply.htype = request.htype;
    reply.hlen = request.hlen;
    reply.chaddr = request.chaddr;
    reply.xid = request.xid;
    reply.flags = request.flags;
    reply.giaddr = request.giaddr;
    reply.yiaddr = terms.yiaddr;
    if (terms.type == MessageType::ack) reply.ciaddr = request.ciaddr;
    // RFC 2131 §4.3.2: with the bit set, a relay broadcasts the NAK to a client that has no address to trust.
    if (terms.type == MessageType::nak && !request.giaddr.is_unspecified()) reply.flags |= wire::kBroadcastFlag;
}

void add_times(const Subnet& subnet, std::uint32_t lease, wire::Options& options)
{
    options.set_u32(option::lease_time, lease);
    if (const auto times = renewal_times(subnet, lease)) {
        options.set_u32(option::renewal_time, times->t1);
        options.set_u32(option::rebinding_time, times->t2);
    }
}

/// One option that was asked for, or is sent unasked; nothing when the subnet has none.
void add_parameter(std::uint8_t code, const ReplyTerms& terms, bool routes_instead, wire::Options& options)
{
    // RFC 3442: with classless routes asked for and sent, the router and static routes options are left out.
    if (routes_instead && (code == option::router || code == option::static_routes)) return;
    if (code == option::host_name) {
        if (!terms.hostname.empty()) options.set_text(code, terms.hostname);
        return;
    }
    const auto data = terms.subnet->option(code);
    if (!data.empty()) options.set(code, data);
}

/// RFC 2132 §9.8: in the order the client asks. A client without a list gets what most networks need.
void add_parameters(const wire::Message& request, const ReplyTerms& terms, wire::Options& options)
{
    const auto list = request.options.find(option::parameter_request_list);
    if (!list) {
        add_parameter(option::host_name, terms, false, options);
        for (const std::uint8_t code : terms.subnet->default_options())
            add_parameter(code, terms, false, options);
        return;
    }
    const bool asked = std::ranges::find(*list, std::byte{option::classless_routes}) != list->end();
    const bool routes_instead = asked && !terms.subnet->option(option::classless_routes).empty();
    // Codes past the 255 that one option can hold can only be repetitions.
    for (const std::byte code : list->first(std::min<std::size_t>(list->size(), 255))) {
        add_parameter(std::to_integer<std::uint8_t>(code), terms, routes_instead, options);
    }
}

void echo(const wire::Message& request, std::uint8_t code, wire::Options& options)
{
    const auto data = request.options.find(code);
    if (data) options.set(code, *data);
}

} // namespace

void build_reply(const wire::Message& request, const ReplyTerms& terms, wire::Message& reply)
{
    reply.clear();
    fill_fields(request, terms, reply);
    reply.options.set_u8(option::message_type, static_cast<std::uint8_t>(terms.type));
    reply.options.set_address(option::server_identifier, terms.server);
    if (terms.subnet != nullptr) {
        if (terms.lease_seconds) add_times(terms.subnet->config(), *terms.lease_seconds, reply.options);
        // RFC 2132 §3.3: the mask comes before the router.
        reply.options.set_address(option::subnet_mask, terms.subnet->prefix().mask());
        add_parameters(request, terms, reply.options);
    }
    if (!terms.reason.empty()) reply.options.set_text(option::message, terms.reason);
    // RFC 6842 §3: the client identifier comes back unchanged, in a NAK too, and is never invented.
    echo(request, option::client_identifier, reply.options);
    // RFC 3046 §2.2: so does what the relay added; emit() keeps it last.
    echo(request, option::relay_agent_information, reply.options);
}

std::uint32_t lease_seconds(const Subnet& subnet, std::optional<std::uint32_t> asked)
{
    if (!asked) return subnet.lease_seconds;
    // The subnet's own lease time is always within bounds, whatever the bounds say.
    return std::clamp(*asked, std::min(subnet.min_lease_seconds, subnet.lease_seconds),
                      std::max(subnet.max_lease_seconds, subnet.lease_seconds));
}

std::optional<RenewalTimes> renewal_times(const Subnet& subnet, std::uint32_t lease)
{
    if (lease == kInfiniteSeconds) return std::nullopt;
    RenewalTimes times{lease / 2, static_cast<std::uint32_t>(std::uint64_t{lease} * 7 / 8)};
    // Configured times that do not fit the lease this client asked for give way to the fractions.
    const std::uint32_t t2 = subnet.rebinding_seconds.value_or(times.t2);
    const std::uint32_t t1 = subnet.renewal_seconds.value_or(times.t1);
    if (t1 < t2 && t2 < lease) times = {t1, t2};
    if (times.t1 == 0 || times.t1 >= times.t2 || times.t2 >= lease) return std::nullopt;
    return times;
}

} // namespace dorascope::server
