// SPDX-License-Identifier: GPL-3.0-or-later
// Options at any level, and the times of a lease.
#include "engine/server/validation.h"

#include "engine/wire/message.h"

#include <algorithm>
#include <array>
#include <bitset>
#include <fmt/format.h>

namespace dorascope::server {

namespace {

namespace option = wire::option;

constexpr std::uint8_t kClientMachineIdentifier = 97, kIpv6OnlyPreferred = 108, kAutoConfigure = 116, kSubnetSelection = 118;
/// Options the server makes itself; an `extra` of the same code would contradict it.
constexpr std::array kOwnOptions{option::pad,
                                 option::subnet_mask,
                                 option::requested_address,
                                 option::lease_time,
                                 option::overload,
                                 option::message_type,
                                 option::server_identifier,
                                 option::parameter_request_list,
                                 option::message,
                                 option::max_message_size,
                                 option::renewal_time,
                                 option::rebinding_time,
                                 option::client_identifier,
                                 option::rapid_commit,
                                 option::client_fqdn,
                                 option::relay_agent_information,
                                 kClientMachineIdentifier,
                                 kSubnetSelection,
                                 option::end};
/// RFC 2131 §2: the fields have 128 and 64 octets, the last of which is a NUL.
constexpr std::size_t kMaxBootFile = 127, kMaxServerName = 63;
/// Of one option: four octets each, and the largest message that crosses an Ethernet has room for some 300.
constexpr std::size_t kMostAddresses = 255;

void check_addresses(Findings& found, const std::vector<Ipv4Address>& addresses, const std::string& key)
{
    if (addresses.size() > kMostAddresses)
        found.add(key, fmt::format("{} addresses are more than a message has room for", addresses.size()),
                  fmt::format("at most {}", kMostAddresses));
    for (std::size_t i = 0; i < addresses.size(); ++i) {
        if (addresses[i].is_host()) continue;
        found.add(fmt::format("{}[{}]", key, i), fmt::format("{} is no host's address", addresses[i].to_string()));
    }
}

void check_field(Findings& found, const std::string& text, std::size_t most, const std::string& key)
{
    if (text.size() > most) found.add(key, fmt::format("has {} octets, and there is room for {}", text.size(), most));
    if (std::ranges::any_of(text, [](unsigned char c) { return c < 0x20 || c == 0x7f; })) {
        found.add(key, "holds a control character");
    }
}

/// Which setting of the same level an `extra` contradicts; empty: none.
std::string_view rival_of(const OptionSettings& options, std::uint8_t code)
{
    switch (code) {
    case option::router: return options.routers.empty() ? "" : "router";
    case option::dns_servers: return options.dns_servers.empty() ? "" : "dns";
    case option::ntp_servers: return options.ntp_servers.empty() ? "" : "ntp";
    case option::domain_name: return options.domain_name.empty() ? "" : "domain";
    default: return "";
    }
}

/// `seen`: the codes of this level so far.
void check_extra(Findings& found, const OptionSettings& options, std::size_t i, const std::string& where, std::bitset<256>& seen)
{
    const auto& extra = options.extra[i];
    if (is_filled_in_by_server(extra.code)) {
        found.add(where, fmt::format("option {} is the server's own to fill in", extra.code));
    }
    if (extra.data.empty()) found.add(where, fmt::format("option {} has no data", extra.code));
    if (seen[extra.code]) found.add(where, fmt::format("option {} is there twice", extra.code));
    seen.set(extra.code);
    if (const auto rival = rival_of(options, extra.code); !rival.empty()) {
        found.add(where, fmt::format("option {} is said by {} too", extra.code, rival), "one of them");
    }
    // RFC 8925 §3.3, RFC 2563 §2: never to a client that did not ask.
    if (extra.force && (extra.code == kIpv6OnlyPreferred || extra.code == kAutoConfigure)) {
        found.add(where, fmt::format("option {} cannot be forced upon a client that does not ask for it", extra.code),
                  "without force");
    }
}

} // namespace

bool is_filled_in_by_server(std::uint8_t code) { return std::ranges::find(kOwnOptions, code) != kOwnOptions.end(); }

std::string_view fault_of_name(std::string_view name)
{
    if (name.size() > 253) return "is longer than 253 octets";
    if (name.ends_with('.')) name.remove_suffix(1);
    if (name.empty()) return "is empty";
    std::size_t label = 0;
    for (const char c : name) {
        if (c <= 0x20 || c >= 0x7f) return "holds a character that no host name can have";
        label = c == '.' ? 0 : label + 1;
        if (label > 63) return "has a label longer than 63 octets";
    }
    if (name.front() == '.' || name.ends_with('.') || name.find("..") != std::string_view::npos) return "has an empty label";
    return {};
}

void check_options(Findings& found, const OptionSettings& options, const std::string& key)
{
    check_addresses(found, options.routers, under(key, "router"));
    check_addresses(found, options.dns_servers, under(key, "dns"));
    check_addresses(found, options.ntp_servers, under(key, "ntp"));
    if (!options.domain_name.empty()) {
        const auto fault = fault_of_name(options.domain_name);
        if (!fault.empty()) found.add(under(key, "domain"), fmt::format("\"{}\" {}", options.domain_name, fault));
    }
    if (options.next_server && !options.next_server->is_host()) {
        found.add(under(key, "next_server"), fmt::format("{} is no host's address", options.next_server->to_string()));
    }
    check_field(found, options.boot_file, kMaxBootFile, under(key, "boot_file"));
    check_field(found, options.server_name, kMaxServerName, under(key, "tftp_server"));
    std::bitset<256> seen;
    for (std::size_t i = 0; i < options.extra.size(); ++i)
        check_extra(found, options, i, under(key, fmt::format("option[{}]", i)), seen);
}

void check_times(Findings& found, const Subnet& subnet, const std::string& key)
{
    if (subnet.lease_seconds == 0) found.add(key + ".lease_time", "a lease of 0 seconds is none", "lease_time = 3600");
    if (subnet.min_lease_seconds == 0) found.add(key + ".min_lease_time", "a lease of 0 seconds is none", "min_lease_time = 60");
    if (subnet.min_lease_seconds > subnet.max_lease_seconds) {
        found.add(key + ".min_lease_time",
                  fmt::format("{} is more than max_lease_time, {}", subnet.min_lease_seconds, subnet.max_lease_seconds));
    }
    // RFC 2131 §4.4.5: T1 must be earlier than T2, which must be earlier than the end of the lease.
    const std::uint64_t lease = subnet.lease_seconds;
    const std::uint64_t t2 = subnet.rebinding_seconds.value_or(static_cast<std::uint32_t>(lease * 7 / 8));
    const std::uint64_t t1 = subnet.renewal_seconds.value_or(static_cast<std::uint32_t>(lease / 2));
    if (subnet.rebinding_seconds && t2 >= lease) {
        found.add(key + ".rebinding_time", fmt::format("T2, {} s, is not before the end of the lease, {} s", t2, lease),
                  fmt::format("rebinding_time = {}", lease * 7 / 8));
    }
    if (subnet.renewal_seconds == 0U) {
        found.add(key + ".renewal_time", "T1 of 0 s would have clients renew without end",
                  fmt::format("renewal_time = {}", std::max<std::uint64_t>(1, lease / 2)));
    } else if ((subnet.renewal_seconds || subnet.rebinding_seconds) && t1 >= t2) {
        const char* const usual = subnet.rebinding_seconds ? "" : ", which is seven eighths of the lease";
        found.add(key + ".renewal_time", fmt::format("T1, {} s, is not before T2, {} s{}", t1, t2, usual),
                  fmt::format("renewal_time = {}", t2 * 4 / 7));
    }
}

} // namespace dorascope::server
