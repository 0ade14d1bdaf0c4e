// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/server/reply.h"

#include "engine/server/fqdn.h"
#include "engine/server/vendor_options.h"

#include <algorithm>
#include <array>

namespace dorascope::server {

namespace {

namespace option = wire::option;
using Octets = std::span<const std::byte>;

constexpr std::uint8_t kClientMachineIdentifier = 97, kIpv6OnlyPreferred = 108, kAutoConfigure = 116, kSubnetSelection = 118,
                       kVendorOptions = 125;
/// What a client that sends no option 55 is told: what most networks need.
constexpr std::array kUnasked{option::host_name,         option::router,     option::dns_servers, option::domain_name,
                              option::broadcast_address, option::ntp_servers};

/// RFC 2131 table 3. hops and secs stay 0.
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
    if (terms.type == MessageType::ack || terms.type == MessageType::none) reply.ciaddr = request.ciaddr;
    // RFC 2131 §4.3.2: with the bit set, a relay broadcasts the NAK to a client that has no address to trust.
    if (terms.type == MessageType::nak && !request.giaddr.is_unspecified()) reply.flags |= wire::kBroadcastFlag;
}

/// RFC 2131 §2: siaddr, file and sname say where to boot from, whatever is asked for.
void fill_boot_fields(const OptionLevels& levels, wire::Message& reply)
{
    reply.siaddr = levels.next_server();
    if (const auto file = levels.boot_file(); !file.empty()) reply.file = file;
    if (const auto name = levels.server_name(); !name.empty()) reply.sname = name;
}

void add_times(const Subnet& subnet, std::uint32_t lease, wire::Options& options)
{
    options.set_u32(option::lease_time, lease);
    if (const auto times = renewal_times(subnet, lease)) {
        options.set_u32(option::renewal_time, times->t1);
        options.set_u32(option::rebinding_time, times->t2);
    }
}

/// One option that was asked for, or is sent unasked; nothing when no level has it.
void add_parameter(const wire::Message& request, std::uint8_t code, const ReplyTerms& terms, wire::Options& options)
{
    if (code == option::host_name && terms.reservation != nullptr && !terms.reservation->hostname.empty()) {
        return options.set_text(code, terms.reservation->hostname);
    }
    // RFC 2563 §2: to be sent only to a client that has sent it; asking for it in the list does not count.
    if (code == kAutoConfigure) return;
    const Octets data = terms.levels->option(code);
    if (data.empty()) return;
    if (code == kVendorOptions) return add_vendor_options(request, data, options);
    options.set(code, data);
}

/// RFC 3442: with classless routes asked for and sent, the router and static routes options are left out.
bool routes_take_the_place(const wire::Message& request, const ReplyTerms& terms)
{
    return terms.routes_fit && !terms.levels->option(option::classless_routes).empty()
        && asks_for(request, option::classless_routes);
}

/// RFC 2132 §9.8: in the order the client asks; behind them what is sent to everybody.
void add_parameters(const wire::Message& request, const ReplyTerms& terms, wire::Options& options)
{
    const bool routes = routes_take_the_place(request, terms);
    const auto gives_way = [routes](std::uint8_t code) {
        return routes && (code == option::router || code == option::static_routes);
    };
    const auto list = request.options.find(option::parameter_request_list);
    if (!list) {
        for (const std::uint8_t code : kUnasked)
            add_parameter(request, code, terms, options);
    } else {
        // Codes past the 255 that one option can hold can only be repetitions.
        for (const std::byte each : list->first(std::min<std::size_t>(list->size(), 255))) {
            const auto code = std::to_integer<std::uint8_t>(each);
            if (!gives_way(code)) add_parameter(request, code, terms, options);
        }
    }
    terms.levels->for_each_forced([&](std::uint8_t code) {
        // RFC 8925 §3.3: never unasked.
        const bool never = code == kIpv6OnlyPreferred || gives_way(code);
        if (!never && !options.has(code)) add_parameter(request, code, terms, options);
    });
}

/// Firmware that boots from the network listens only to a server that answers in its own name: PXE 2.1 §2.2.3, UEFI §24.7.3.2.
void add_boot_class(const wire::Message& request, const OptionLevels& levels, wire::Options& options)
{
    static constexpr std::array<std::string_view, 2> kBootClasses{"PXEClient", "HTTPClient"};
    const auto sent = request.options.text(option::vendor_class_identifier);
    if (!sent || options.has(option::vendor_class_identifier)) return;
    if (!levels.boots() && levels.option(option::vendor_specific).empty()) return;
    for (const auto name : kBootClasses) {
        if (!sent->starts_with(name)) continue;
        const Octets configured = levels.option(option::vendor_class_identifier);
        if (configured.empty()) return options.set_text(option::vendor_class_identifier, name);
        return options.set(option::vendor_class_identifier, configured);
    }
}

void add_fqdn(const wire::Message& request, const ReplyTerms& terms, wire::Options& options)
{
    const auto asked = request.options.find(option::client_fqdn);
    if (!asked) return;
    const Octets domain = terms.levels->option(option::domain_name);
    const std::string_view own =
        terms.reservation != nullptr ? std::string_view{terms.reservation->hostname} : std::string_view{};
    FqdnAnswer answer;
    if (answer.write(*asked, own, {reinterpret_cast<const char*>(domain.data()), domain.size()})) {
        options.set(option::client_fqdn, answer.data());
    }
}

void echo(const wire::Message& request, std::uint8_t code, wire::Options& options)
{
    const auto data = request.options.find(code);
    if (data) options.set(code, *data);
}

/// What comes back as it came.
void add_echoes(const wire::Message& request, const ReplyTerms& terms, wire::Options& options)
{
    // RFC 6842 §3: the client identifier comes back unchanged, in a NAK too, and is never invented.
    echo(request, option::client_identifier, options);
    if (terms.subnet_selected) echo(request, kSubnetSelection, options);
    // RFC 4578 §2.3: what the firmware is known by.
    if (terms.subnet != nullptr) echo(request, kClientMachineIdentifier, options);
}

/// RFC 2131 table 3: what a DHCP reply cannot do without.
void add_essentials(const wire::Message& request, const ReplyTerms& terms, wire::Options& options)
{
    options.set_u8(option::message_type, static_cast<std::uint8_t>(terms.type));
    options.set_address(option::server_identifier, terms.server);
    if (terms.lease_seconds) add_times(terms.subnet->config(), *terms.lease_seconds, options);
    if (terms.rapid_commit) options.set(option::rapid_commit, {});
    add_echoes(request, terms, options);
    if (!terms.reason.empty()) options.set_text(option::message, terms.reason);
}

/// What a client is told that gets an address, or has one.
void add_terms(const wire::Message& request, const ReplyTerms& terms, wire::Message& reply)
{
    fill_boot_fields(*terms.levels, reply);
    // RFC 2132 §3.3: the mask comes before the router.
    reply.options.set_address(option::subnet_mask, terms.subnet->prefix().mask());
    add_parameters(request, terms, reply.options);
    add_boot_class(request, *terms.levels, reply.options);
    add_fqdn(request, terms, reply.options);
}

/// RFC 2563 §2, RFC 8925 §3.3: options 116 and 108 as far as the client has sent the one and asked for the other.
void add_auto_configuration(const wire::Message& request, const ReplyTerms& terms, wire::Options& options)
{
    if (terms.type != MessageType::offer || terms.levels == nullptr) return;
    const Octets configured = terms.levels->option(kAutoConfigure);
    if (!configured.empty() && request.options.has(kAutoConfigure)) options.set(kAutoConfigure, configured);
    if (terms.no_address && asks_for(request, kIpv6OnlyPreferred)) add_parameter(request, kIpv6OnlyPreferred, terms, options);
}

} // namespace

bool asks_for(const wire::Message& request, std::uint8_t code)
{
    const auto list = request.options.find(option::parameter_request_list);
    return list && std::ranges::find(*list, std::byte{code}) != list->end();
}

void build_reply(const wire::Message& request, const ReplyTerms& terms, wire::Message& reply)
{
    reply.clear();
    fill_fields(request, terms, reply);
    // What there has to be comes before what there may be: where a reply is full, emit() leaves out what comes last.
    if (terms.type != MessageType::none) add_essentials(request, terms, reply.options);
    if (terms.subnet != nullptr && !terms.no_address) add_terms(request, terms, reply);
    add_auto_configuration(request, terms, reply.options);
    if (terms.type == MessageType::none) add_echoes(request, terms, reply.options);
    // RFC 3046 §2.2: what the relay added comes back too; emit() keeps it last. §2.1: to who is answered past its relay, which would have
    // taken it out, it does not go.
    const bool past_relay = request.type() == MessageType::inform && !request.giaddr.is_unspecified();
    if (!past_relay) echo(request, option::relay_agent_information, reply.options);
}

LeaseTimes::LeaseTimes(const Subnet& subnet)
{
    usual = subnet.lease_seconds;
    least = std::min(usual, subnet.min_lease_seconds);
    most = std::max(usual, subnet.max_lease_seconds);
}

/// What a class says counts for more than what was said before it, and what it leaves open gives way.
void LeaseTimes::lay_over(const ClientClass& client_class)
{
    if (const auto own = client_class.lease_seconds) {
        // A guest does not get more by asking.
        usual = most = *own;
        least = std::min(least, usual);
    }
    if (const auto own = client_class.max_lease_seconds) {
        most = *own;
        usual = std::min(usual, most);
        least = std::min(least, most);
    }
    if (const auto own = client_class.min_lease_seconds) {
        least = *own;
        usual = std::max(usual, least);
        most = std::max(most, least);
    }
}

std::uint32_t LeaseTimes::granted(std::optional<std::uint32_t> asked) const
{
    return asked ? std::clamp(*asked, least, most) : usual;
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
