// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/storm_check.h"

#include "engine/wire/instant.h"

#include <array>
#include <fmt/format.h>

namespace dorascope::cli {
namespace {

using wire::Message;
namespace option = wire::option;

bool same_or_unknown(Ipv4Address expected, Ipv4Address actual) { return expected.is_unspecified() || expected == actual; }

bool has_mask(const Message& reply)
{
    const auto mask = reply.options.address(option::subnet_mask);
    return mask && !mask->is_unspecified() && prefix_length(*mask).has_value();
}

bool times_in_order(const Message& reply)
{
    const auto lease = reply.options.u32(option::lease_time);
    const auto t1 = reply.options.u32(option::renewal_time), t2 = reply.options.u32(option::rebinding_time);
    if (!t1 || !t2 || *lease == kInfiniteSeconds) return true;
    return *t1 <= *t2 && *t2 <= *lease;
}

struct Rule {
    const char* text;
    bool (*holds)(const Message& reply, const ExpectedReply& expected);
};
/// In this order: a rule may rely on those before it.
constexpr std::array kRules{
    Rule{"op is BOOTREPLY (RFC 2131 table 3)", [](const Message& r, const ExpectedReply&) { return r.op == 2; }},
    Rule{"htype, hlen and chaddr are the client's (table 3)",
         [](const Message& r, const ExpectedReply& e) { return r.hardware() == e.hardware; }},
    Rule{"giaddr is that of the request (table 3)",
         [](const Message& r, const ExpectedReply& e) { return r.giaddr == e.giaddr; }},
    Rule{"ciaddr is 0 in an OFFER and copied into an ACK (table 3)",
         [](const Message& r, const ExpectedReply& e) {
             return r.ciaddr.is_unspecified() || (r.type() == MessageType::ack && r.ciaddr == e.ciaddr);
         }},
    Rule{"yiaddr is an address that a host can have", [](const Message& r, const ExpectedReply&) { return r.yiaddr.is_host(); }},
    Rule{"yiaddr is the address that was offered or is the client's own (§3.1)",
         [](const Message& r, const ExpectedReply& e) { return same_or_unknown(e.yiaddr, r.yiaddr); }},
    Rule{"there is a server identifier (table 3)",
         [](const Message& r, const ExpectedReply&) { return r.options.address(option::server_identifier).has_value(); }},
    Rule{"the server identifier is that of the offer (§3.1)",
         [](const Message& r, const ExpectedReply& e) {
             return same_or_unknown(e.server_identifier, *r.options.address(option::server_identifier));
         }},
    Rule{"there is a lease time, and not 0 (table 3)",
         [](const Message& r, const ExpectedReply&) { return r.options.u32(option::lease_time).value_or(0) != 0; }},
    Rule{"T1 <= T2 <= lease time (§4.4.5)", [](const Message& r, const ExpectedReply&) { return times_in_order(r); }},
    Rule{"there is a subnet mask, its ones contiguous (RFC 2132 §3.3)",
         [](const Message& r, const ExpectedReply&) { return has_mask(r); }},
};

} // namespace

std::optional<std::string> fault_of(const Message& reply, const ExpectedReply& expected)
{
    for (const auto& rule : kRules) {
        if (rule.holds(reply, expected)) continue;
        const auto server = reply.options.address(option::server_identifier);
        return fmt::format("{} to {} with yiaddr {} from {} breaks: {}", rfc_name(reply.type()), expected.hardware.to_string(),
                           reply.yiaddr.to_string(), server ? server->to_string() : "a server without identifier", rule.text);
    }
    return std::nullopt;
}

} // namespace dorascope::cli
