// SPDX-License-Identifier: GPL-3.0-or-later
// Everything that can be wrong with a configuration, found in one go and in the order of the file.
#include "engine/server/config.h"

#include "engine/wire/message.h"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <span>
#include <string_view>

namespace dorascope::server {

namespace {

constexpr std::uint64_t kMaxPoolAddresses = 1U << 24;
constexpr std::size_t kMaxSubnets = 4096;

/// Options the server makes itself; an `extra` of the same code would contradict it.
constexpr std::array<std::uint8_t, 15> kOwnOptions{wire::option::pad,
                                                   wire::option::subnet_mask,
                                                   wire::option::requested_address,
                                                   wire::option::lease_time,
                                                   wire::option::overload,
                                                   wire::option::message_type,
                                                   wire::option::server_identifier,
                                                   wire::option::parameter_request_list,
                                                   wire::option::message,
                                                   wire::option::max_message_size,
                                                   wire::option::renewal_time,
                                                   wire::option::rebinding_time,
                                                   wire::option::client_identifier,
                                                   wire::option::relay_agent_information,
                                                   wire::option::end};

std::string describe(const ClientKey& key) { return fmt::format("{:02x}", fmt::join(key.bytes, ":")); }

/// RFC 1035 §2.3.4, as loosely as it can be without breaking a client's resolver configuration.
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

class Validation {
public:
    explicit Validation(const Config& config) : config_{config} { }

    ConfigErrors run()
    {
        check_server();
        for (std::size_t i = 0; i < config_.subnets.size() && i < kMaxSubnets; ++i)
            check_subnet(i);
        return std::move(errors_);
    }

private:
    void error(std::string key, std::string problem, std::string suggestion = {})
    {
        errors_.push_back({std::move(key), std::move(problem), std::move(suggestion)});
    }

    void check_server()
    {
        if (config_.subnets.empty()) error("subnet", "there is no subnet to serve", "add one, with its prefix and a pool");
        if (config_.subnets.size() > kMaxSubnets) {
            error("subnet", fmt::format("{} subnets are more than {}", config_.subnets.size(), kMaxSubnets));
        }
        if (config_.offer_hold <= Duration::zero()) {
            error("offer_hold", "an offer has to be held for some time", "30 seconds is usual");
        }
        if (config_.decline_quarantine < Duration::zero()) error("decline_quarantine", "a time cannot be negative");
        if (config_.max_offers == 0) error("max_offers", "with no offers at a time nobody gets an address", "65536");
    }

    void check_subnet(std::size_t i)
    {
        Subnet subnet = config_.subnets[i];
        const std::string key = fmt::format("subnet[{}]", i);
        check_prefix(subnet, key, i);
        // One mistake, one message: the rest is judged by the network that was meant.
        subnet.prefix = Ipv4Prefix::of(subnet.prefix.network, subnet.prefix.length);
        check_pools(subnet, key, i);
        check_exclusions(subnet, key);
        check_room(subnet, key);
        check_reservations(subnet, key);
        check_options(subnet.options, key);
        check_times(subnet, key);
    }

    void check_prefix(const Subnet& subnet, const std::string& key, std::size_t i)
    {
        const Ipv4Prefix& prefix = subnet.prefix;
        const Ipv4Prefix proper = Ipv4Prefix::of(prefix.network, prefix.length);
        if (prefix.length == 0 || prefix.length > 32) {
            error(key + ".prefix", fmt::format("a prefix length of {} is no subnet", prefix.length), "192.168.1.0/24 is usual");
            return;
        }
        if (proper != prefix) {
            error(key + ".prefix", fmt::format("{} has host bits set", prefix.to_string()), proper.to_string());
        }
        if (!prefix.network.is_host()) {
            error(key + ".prefix", fmt::format("{} holds no addresses for hosts", prefix.to_string()));
        }
        for (std::size_t j = 0; j < i; ++j) {
            const Ipv4Prefix& other = config_.subnets[j].prefix;
            if (other.contains(prefix.network) || prefix.contains(other.network)) {
                error(key + ".prefix", fmt::format("{} overlaps subnet[{}], {}", prefix.to_string(), j, other.to_string()));
            }
        }
    }

    void check_pools(const Subnet& subnet, const std::string& key, std::size_t i)
    {
        for (std::size_t p = 0; p < subnet.pools.size(); ++p) {
            const std::string where = fmt::format("{}.pool[{}]", key, p);
            const Ipv4Range& pool = subnet.pools[p];
            if (!check_range(subnet, pool, where)) continue;
            pool_addresses_ += pool.size();
            if (pool_addresses_ > kMaxPoolAddresses) {
                error(where, fmt::format("the pools hold more than {} addresses", kMaxPoolAddresses), "a smaller range");
            }
            check_edges(subnet, pool, where);
            for (std::size_t j = 0; j < p; ++j)
                check_overlap(pool, subnet.pools[j], where, fmt::format("{}.pool[{}]", key, j));
            for (std::size_t s = 0; s < i; ++s) {
                const auto& others = config_.subnets[s].pools;
                for (std::size_t j = 0; j < others.size(); ++j) {
                    check_overlap(pool, others[j], where, fmt::format("subnet[{}].pool[{}]", s, j));
                }
            }
        }
    }

    bool check_range(const Subnet& subnet, const Ipv4Range& range, const std::string& where)
    {
        if (range.last < range.first) {
            error(where, fmt::format("{} ends before it begins", range.to_string()),
                  Ipv4Range{range.last, range.first}.to_string());
            return false;
        }
        if (!subnet.prefix.contains(range.first) || !subnet.prefix.contains(range.last)) {
            error(
                where, fmt::format("{} is not inside {}", range.to_string(), subnet.prefix.to_string()),
                fmt::format("addresses from {} to {}", subnet.prefix.network.to_string(), subnet.prefix.broadcast().to_string()));
            return false;
        }
        return true;
    }

    void check_edges(const Subnet& subnet, const Ipv4Range& pool, const std::string& where)
    {
        if (subnet.prefix.length > 30) return; // RFC 3021: no network and no broadcast address
        const Ipv4Address network = subnet.prefix.network, broadcast = subnet.prefix.broadcast();
        const Ipv4Range inner{std::max(pool.first, network + 1), std::min(pool.last, Ipv4Address{broadcast.value - 1})};
        const std::string better = inner.first <= inner.last ? inner.to_string() : std::string{};
        if (pool.contains(network)) {
            error(where, fmt::format("{} holds the network address {}", pool.to_string(), network.to_string()), better);
        }
        if (pool.contains(broadcast)) {
            error(where, fmt::format("{} holds the broadcast address {}", pool.to_string(), broadcast.to_string()), better);
        }
    }

    void check_overlap(const Ipv4Range& a, const Ipv4Range& b, const std::string& where, const std::string& other)
    {
        if (a.overlaps(b)) error(where, fmt::format("{} overlaps {}, {}", a.to_string(), other, b.to_string()));
    }

    void check_exclusions(const Subnet& subnet, const std::string& key)
    {
        for (std::size_t i = 0; i < subnet.exclusions.size(); ++i) {
            check_range(subnet, subnet.exclusions[i], fmt::format("{}.exclude[{}]", key, i));
        }
    }

    /// A subnet from which nobody can get an address is a mistake.
    void check_room(const Subnet& subnet, const std::string& key)
    {
        if (!subnet.reservations.empty()) return;
        if (subnet.pools.empty())
            return error(key + ".pool", "there is neither a pool nor a reservation", suggested_pool(subnet.prefix));
        const auto covered = [&](const Ipv4Range& pool) {
            return std::ranges::any_of(subnet.exclusions,
                                       [&](const Ipv4Range& gap) { return gap.first <= pool.first && pool.last <= gap.last; });
        };
        if (std::ranges::all_of(subnet.pools, covered)) error(key + ".exclude", "the exclusions leave nothing of the pools");
    }

    static std::string suggested_pool(const Ipv4Prefix& prefix)
    {
        if (prefix.length > 28 || prefix.length == 0) return {};
        return Ipv4Range{prefix.network + 10, {prefix.broadcast().value - 1}}.to_string();
    }

    void check_reservations(const Subnet& subnet, const std::string& key)
    {
        std::vector<std::pair<Ipv4Address, std::size_t>> addresses;
        std::vector<std::pair<ClientKey, std::size_t>> clients;
        for (std::size_t i = 0; i < subnet.reservations.size(); ++i) {
            const Reservation& r = subnet.reservations[i];
            const std::string where = fmt::format("{}.reservation[{}]", key, i);
            check_reserved_address(subnet, r.address, where);
            addresses.emplace_back(r.address, i);
            const int ways = int{r.hardware.has_value()} + int{!r.client_id.empty()} + int{!r.client_hostname.empty()}
                + int{!r.circuit_id.empty() || !r.remote_id.empty()};
            if (ways != 1) {
                error(where,
                      "a reservation is for a hardware address, a client identifier, a relay's circuit or remote "
                      "identifier, or a client's host name: exactly one of them");
            } else if (r.hardware || !r.client_id.empty()) {
                clients.emplace_back(key_of(r), i);
            }
            if (r.hardware && r.hardware->length == 0) error(where + ".hardware", "a hardware address has at least one octet");
            if (r.client_id.size() > 255) error(where + ".client_id", "a client identifier has at most 255 octets");
            if (!r.hostname.empty()) check_name(r.hostname, where + ".hostname");
        }
        check_unique(addresses, key, [](Ipv4Address a) { return a.to_string(); });
        check_unique(clients, key, describe);
    }

    static ClientKey key_of(const Reservation& r)
    {
        if (!r.hardware) return {ClientKey::Kind::identifier, r.client_id};
        ClientKey key{ClientKey::Kind::hardware, {r.hardware->type}};
        const auto octets = r.hardware->bytes();
        key.bytes.insert(key.bytes.end(), octets.begin(), octets.end());
        return key;
    }

    void check_reserved_address(const Subnet& subnet, Ipv4Address address, const std::string& where)
    {
        const Ipv4Prefix& prefix = subnet.prefix;
        const std::string text = address.to_string();
        if (!prefix.contains(address)) {
            error(where + ".address", fmt::format("{} is not inside {}", text, prefix.to_string()));
        } else if (prefix.length <= 30 && (address == prefix.network || address == prefix.broadcast())) {
            error(where + ".address", fmt::format("{} is the network or broadcast address of {}", text, prefix.to_string()));
        }
        if (std::ranges::find(subnet.options.routers, address) != subnet.options.routers.end()) {
            error(where + ".address", fmt::format("{} is a router's", text));
        }
    }

    /// Reports each repetition at the later of the two entries.
    template <class T, class Text>
    void check_unique(std::vector<std::pair<T, std::size_t>>& entries, const std::string& key, Text text)
    {
        std::ranges::sort(entries);
        for (std::size_t i = 1; i < entries.size(); ++i) {
            if (entries[i].first != entries[i - 1].first) continue;
            error(fmt::format("{}.reservation[{}]", key, entries[i].second),
                  fmt::format("{} is in {}.reservation[{}] already", text(entries[i].first), key, entries[i - 1].second));
        }
    }

    void check_name(std::string_view name, std::string where)
    {
        const auto fault = fault_of_name(name);
        if (!fault.empty()) error(std::move(where), fmt::format("\"{}\" {}", name, fault));
    }

    void check_options(const OptionSettings& options, const std::string& key)
    {
        check_addresses(options.routers, key + ".router");
        check_addresses(options.dns_servers, key + ".dns");
        check_addresses(options.ntp_servers, key + ".ntp");
        if (!options.domain_name.empty()) check_name(options.domain_name, key + ".domain");
        for (std::size_t i = 0; i < options.extra.size(); ++i) {
            const auto& extra = options.extra[i];
            const std::string where = fmt::format("{}.option[{}]", key, i);
            if (std::ranges::find(kOwnOptions, extra.code) != kOwnOptions.end()) {
                error(where, fmt::format("option {} is the server's own to fill in", extra.code));
            }
            if (extra.data.empty()) error(where, fmt::format("option {} has no data", extra.code));
            const auto earlier = std::span{options.extra}.first(i);
            if (std::ranges::find(earlier, extra.code, &OptionSettings::Extra::code) != earlier.end()) {
                error(where, fmt::format("option {} is there twice", extra.code));
            }
        }
    }

    void check_addresses(const std::vector<Ipv4Address>& addresses, const std::string& key)
    {
        for (std::size_t i = 0; i < addresses.size(); ++i) {
            if (addresses[i].is_host()) continue;
            error(fmt::format("{}[{}]", key, i), fmt::format("{} is no host's address", addresses[i].to_string()));
        }
    }

    void check_times(const Subnet& subnet, const std::string& key)
    {
        if (subnet.lease_seconds == 0) error(key + ".lease_time", "a lease of 0 seconds is none", "3600");
        if (subnet.min_lease_seconds > subnet.max_lease_seconds) {
            error(key + ".min_lease_time",
                  fmt::format("{} is more than max_lease_time, {}", subnet.min_lease_seconds, subnet.max_lease_seconds));
        }
        // RFC 2131 §4.4.5: T1 must be earlier than T2, which must be earlier than the end of the lease.
        const std::uint64_t lease = subnet.lease_seconds;
        const std::uint64_t t2 = subnet.rebinding_seconds.value_or(static_cast<std::uint32_t>(lease * 7 / 8));
        const std::uint64_t t1 = subnet.renewal_seconds.value_or(static_cast<std::uint32_t>(lease / 2));
        if (subnet.rebinding_seconds && t2 >= lease) {
            error(key + ".rebinding_time", fmt::format("T2, {} s, is not before the end of the lease, {} s", t2, lease),
                  fmt::format("{}", lease * 7 / 8));
        }
        if ((subnet.renewal_seconds || subnet.rebinding_seconds) && t1 >= t2) {
            error(key + ".renewal_time", fmt::format("T1, {} s, is not before T2, {} s", t1, t2), fmt::format("{}", t2 * 4 / 7));
        }
    }

    const Config& config_;
    ConfigErrors errors_;
    std::uint64_t pool_addresses_ = 0;
};

} // namespace

ConfigErrors validate(const Config& config) { return Validation{config}.run(); }

} // namespace dorascope::server
