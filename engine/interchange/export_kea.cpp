// SPDX-License-Identifier: GPL-3.0-or-later
// Config to the configuration of kea-dhcp4 (tested with 2.2). Kea ranks options host, subnet, class, global; here a class outranks its
// subnet. Where that makes a difference it is said.
#include "engine/interchange/configs.h"
#include "engine/interchange/kea_condition.h"
#include "engine/interchange/notes.h"
#include "engine/server/told_hosts.h"
#include "engine/wire/hex.h"
#include "engine/wire/message.h"
#include "engine/wire/option_words.h"

#include <algorithm>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>
#include <set>

namespace dorascope::interchange {
namespace {

using Json = nlohmann::ordered_json;
using server::ClassTest;
using server::ClientClass;
using server::Config;
using server::OptionSettings;
using server::Reservation;
using server::Subnet;

constexpr std::size_t kLongestFile = 127, kLongestServerName = 63; // RFC 2131 §2, less the NUL

std::string words(const std::vector<Ipv4Address>& addresses)
{
    std::vector<std::string> texts;
    for (const auto a : addresses)
        texts.push_back(a.to_string());
    return fmt::format("{}", fmt::join(texts, ", "));
}

std::string quoted_hex(std::span<const std::uint8_t> octets) { return wire::to_hex(std::as_bytes(octets)); }

/// A pool less what is excluded from it: Kea has no exclusions.
std::vector<Ipv4Range> remaining(const Ipv4Range& pool, std::vector<Ipv4Range> exclusions)
{
    std::ranges::sort(exclusions);
    std::vector<Ipv4Range> left;
    std::uint64_t first = pool.first.value;
    for (const auto& gap : exclusions) {
        if (gap.last.value < first || gap.first > pool.last) continue;
        if (gap.first.value > first) left.push_back({{static_cast<std::uint32_t>(first)}, {gap.first.value - 1}});
        first = std::max<std::uint64_t>(first, std::uint64_t{gap.last.value} + 1);
    }
    if (first <= pool.last.value) left.push_back({{static_cast<std::uint32_t>(first)}, pool.last});
    return left;
}

/// Routers, name servers and the like of one level.
void add_hosts(std::vector<Ipv4Range>& gaps, const OptionSettings& options)
{
    std::vector<Ipv4Address> hosts;
    server::append_told_hosts(server::OptionSheet{options}, hosts);
    for (const auto host : hosts)
        gaps.push_back({host, host});
}

/// Nothing where Kea has no equivalent.
std::optional<std::string> kea_test(const ClassTest& test)
{
    return test.anywhere ? std::nullopt : std::optional{kea_expression({test})};
}

class KeaWriter {
public:
    explicit KeaWriter(const Config& config) : config_{config} { }

    KeaExport run(std::string_view interface, std::string_view lease_file)
    {
        Json dhcp4;
        dhcp4["interfaces-config"] = {{"interfaces", Json::array({std::string{interface}})}};
        dhcp4["lease-database"] = {{"type", "memfile"}, {"persist", true}};
        if (!lease_file.empty()) dhcp4["lease-database"]["name"] = std::string{lease_file};
        dhcp4["authoritative"] = config_.authority == server::Authority::authoritative;
        dhcp4["decline-probation-period"] = std::chrono::duration_cast<std::chrono::seconds>(config_.decline_quarantine).count();
        dhcp4["calculate-tee-times"] = true; // half and seven eighths of the lease, as RFC 2131 §4.4.5 has it
        write_options(dhcp4, config_.options, "");
        write_classes(dhcp4);
        write_subnets(dhcp4);
        note_settings();
        const Json root{{"Dhcp4", std::move(dhcp4)}};
        return {root.dump(4, ' ', false, Json::error_handler_t::replace) + "\n", notes_.take()};
    }

private:
    void note(const std::string& key, std::string why) { notes_.add(0, key, std::move(why)); }

    void note_settings()
    {
        const Config defaults;
        if (config_.authority == server::Authority::polite) note("authority", "Kea knows no polite server: it answers at once");
        if (config_.probe.enabled) note("probe", "Kea 2.2 does not probe addresses");
        if (config_.limits != defaults.limits) note("limits", "Kea limits rates with a hook library of its own");
        if (config_.rapid_commit) note("rapid_commit", "Kea knows rapid commit for IPv6 alone");
        if (config_.bootp) note("bootp", "Kea answers BOOTP with a hook library: libdhcp_bootp.so");
        if (!config_.subnet_selection) note("subnet_selection", "Kea heeds option 118 always");
        if (config_.max_offers != defaults.max_offers) note("max_offers", "Kea 2.2 holds no offers, and bounds none");
        if (config_.offer_hold != defaults.offer_hold) note("offer_hold", "Kea 2.2 holds no offers");
    }

    // ---- options --------------------------------------------------------------------------------------------------------------------

    void write_options(Json& scope, const OptionSettings& options, const std::string& key)
    {
        Json list = Json::array();
        const auto named = [&](const char* name, const std::string& data) {
            if (!data.empty()) list.push_back({{"name", name}, {"data", data}});
        };
        named("routers", words(options.routers));
        named("domain-name-servers", words(options.dns_servers));
        named("ntp-servers", words(options.ntp_servers));
        named("domain-name", escaped(options.domain_name));
        write_boot(scope, list, options, key);
        for (const auto& extra : options.extra) {
            auto item = option_item(extra);
            if (item)
                list.push_back(std::move(*item));
            else
                note(fmt::format("{}option {}", key, extra.code), "Kea has a format for it that these octets are not of");
        }
        if (!list.empty()) scope["option-data"] = std::move(list);
    }

    static std::string escaped(const std::string& text)
    {
        std::string out;
        for (const char c : text)
            out += c == ',' ? "\\," : std::string(1, c);
        return out;
    }

    /// The file and the name of its server: in the header of the message, and as options 66 and 67 to those who ask for them.
    void write_boot(Json& scope, Json& list, const OptionSettings& options, const std::string& key)
    {
        if (options.next_server) scope["next-server"] = options.next_server->to_string();
        const auto text = [&](const char* name, std::uint8_t code, const std::string& value, std::size_t most) {
            if (value.empty()) return;
            if (value.size() > most)
                note(key + name, fmt::format("is longer than {} octets", most));
            else
                scope[name] = value;
            const bool said = std::ranges::find(options.extra, code, &OptionSettings::Extra::code) != options.extra.end();
            if (!said) list.push_back(raw_item({code, data_of(value), false}));
        };
        text("server-hostname", wire::option::tftp_server_name, options.server_name, kLongestServerName);
        text("boot-file-name", wire::option::bootfile_name, options.boot_file, kLongestFile);
    }

    static std::vector<std::byte> data_of(std::string_view text)
    {
        const auto bytes = std::as_bytes(std::span{text});
        return {bytes.begin(), bytes.end()};
    }

    static Json raw_item(const OptionSettings::Extra& extra)
    {
        Json item{{"code", extra.code}, {"csv-format", false}, {"data", wire::to_hex(extra.data)}};
        if (extra.force) item["always-send"] = true;
        return item;
    }

    /// As octets: exact, whatever Kea calls the option. Compressed names alone it cannot read so.
    static std::optional<Json> option_item(const OptionSettings::Extra& extra)
    {
        const auto& info = wire::option_info(extra.code);
        using F = wire::OptionFormat;
        if (!wire::decode_option(extra.code, extra.data)) return std::nullopt;
        const bool begins_with_flag = info.format == F::slp_agents || info.format == F::slp_scope;
        if (begins_with_flag && extra.data[0] > std::byte{1}) return std::nullopt;
        Json item = raw_item(extra);
        if (info.format != F::domains) return item;
        const auto names = wire::data_to_words(extra.code, info.format, extra.data);
        if (!names) return std::nullopt;
        item["csv-format"] = true;
        item["data"] = fmt::format("{}", fmt::join(*names, ", "));
        return item;
    }

    // ---- classes --------------------------------------------------------------------------------------------------------------------

    /// Kea has classes of its own, whose names mean something (its Administrator Reference Manual, "Client Classification").
    std::string class_name(const std::string& ours) const
    {
        constexpr std::string_view kTaken[] = {"ALL", "KNOWN", "UNKNOWN", "DROP", "BOOTP", "SKIP_DDNS"};
        constexpr std::string_view kBegin[] = {"VENDOR_CLASS_", "HA_", "AFTER_", "EXTERNAL_", "SPAWN_"};
        const auto begins = [&](std::string_view prefix) { return ours.starts_with(prefix); };
        if (std::ranges::find(kTaken, ours) == std::end(kTaken) && std::ranges::none_of(kBegin, begins)) return ours;
        std::string name = "our_" + ours;
        while (std::ranges::find(config_.classes, name, &ClientClass::name) != config_.classes.end())
            name += '_';
        return name;
    }

    /// A test that Kea does not know may not be left out: then everybody would belong.
    std::string class_test(const ClientClass& c, const std::string& key)
    {
        constexpr const char* kNobody = "'a' == 'b'";
        std::vector<std::string> texts;
        for (const auto& test : c.tests) {
            const auto text = kea_test(test);
            if (!text) note(key + "match", "Kea does not look for octets anywhere: nobody belongs to this class there");
            if (!text) return kNobody;
            texts.push_back(*text);
        }
        return fmt::format("{}", fmt::join(texts, " and "));
    }

    /// Here the last class that says an option wins, there the first.
    void write_classes(Json& dhcp4)
    {
        Json list = Json::array();
        std::vector<std::string> denied;
        for (std::size_t i = config_.classes.size(); i-- > 0;) {
            const auto& c = config_.classes[i];
            const auto key = fmt::format("class[{}].", i);
            const auto name = class_name(c.name);
            if (name != c.name) note(key + "name", fmt::format("is called {} there: {} means something to Kea", name, c.name));
            Json item{{"name", name}};
            const auto test = class_test(c, key);
            if (!test.empty()) item["test"] = test;
            write_options(item, c.options, key);
            write_times(item, c, key);
            list.push_back(std::move(item));
            if (c.deny && !test.empty()) denied.push_back("(" + test + ")");
            note_rank(c, key);
        }
        if (!denied.empty()) list.push_back({{"name", "DROP"}, {"test", fmt::format("{}", fmt::join(denied, " or "))}});
        if (!list.empty()) dhcp4["client-classes"] = std::move(list);
    }

    void write_times(Json& item, const ClientClass& c, const std::string& key)
    {
        if (c.lease_seconds) {
            item["valid-lifetime"] = *c.lease_seconds;
            if (c.min_lease_seconds) item["min-valid-lifetime"] = *c.min_lease_seconds;
            if (c.max_lease_seconds) item["max-valid-lifetime"] = *c.max_lease_seconds;
            return;
        }
        if (c.min_lease_seconds) note(key + "min_lease_time", "Kea bounds a class's lease time only with the lease time itself");
        if (c.max_lease_seconds) note(key + "max_lease_time", "Kea bounds a class's lease time only with the lease time itself");
    }

    static std::set<int> codes_of(const OptionSettings& options)
    {
        std::set<int> codes;
        if (!options.routers.empty()) codes.insert(wire::option::router);
        if (!options.dns_servers.empty()) codes.insert(wire::option::dns_servers);
        if (!options.ntp_servers.empty()) codes.insert(wire::option::ntp_servers);
        if (!options.domain_name.empty()) codes.insert(wire::option::domain_name);
        if (!options.server_name.empty()) codes.insert(wire::option::tftp_server_name);
        if (!options.boot_file.empty()) codes.insert(wire::option::bootfile_name);
        for (const auto& extra : options.extra)
            codes.insert(extra.code);
        return codes;
    }

    void note_rank(const ClientClass& c, const std::string& key)
    {
        for (const int code : codes_of(c.options)) {
            const bool both =
                std::ranges::any_of(config_.subnets, [&](const Subnet& s) { return codes_of(s.options).contains(code); });
            if (both) note(fmt::format("{}option {}", key, code), "a subnet says it too, and Kea prefers what the subnet says");
        }
    }

    // ---- subnets --------------------------------------------------------------------------------------------------------------------

    void write_subnets(Json& dhcp4)
    {
        Json alone = Json::array(), networks = Json::array();
        for (std::size_t i = 0; i < config_.subnets.size(); ++i) {
            const auto& subnet = config_.subnets[i];
            Json item = subnet_item(subnet, i);
            if (subnet.shared_network.empty()) {
                alone.push_back(std::move(item));
                continue;
            }
            const auto there = std::ranges::find_if(networks, [&](const Json& n) { return n["name"] == subnet.shared_network; });
            if (there != networks.end())
                (*there)["subnet4"].push_back(std::move(item));
            else
                networks.push_back({{"name", subnet.shared_network}, {"subnet4", Json::array({std::move(item)})}});
        }
        dhcp4["subnet4"] = std::move(alone);
        if (!networks.empty()) dhcp4["shared-networks"] = std::move(networks);
    }

    /// What this server never gives out of the subnet's pools: exclusions, and the hosts that options of any level name, as ServedSubnet
    /// has it.
    std::vector<Ipv4Range> never_given(const Subnet& subnet) const
    {
        auto gaps = subnet.exclusions;
        add_hosts(gaps, config_.options);
        add_hosts(gaps, subnet.options);
        for (const auto& c : config_.classes)
            add_hosts(gaps, c.options);
        for (const auto& reservation : subnet.reservations)
            add_hosts(gaps, reservation.options);
        return gaps;
    }

    Json subnet_item(const Subnet& subnet, std::size_t i)
    {
        const auto key = fmt::format("subnet[{}].", i);
        Json item{{"id", i + 1}, {"subnet", subnet.prefix.to_string()}};
        Json pools = Json::array();
        const auto gaps = never_given(subnet);
        for (const auto& pool : subnet.pools) {
            for (const auto& range : remaining(pool, gaps)) {
                Json entry{{"pool", fmt::format("{} - {}", range.first.to_string(), range.last.to_string())}};
                if (!pool.client_class.empty()) entry["client-class"] = class_name(pool.client_class);
                pools.push_back(std::move(entry));
            }
        }
        item["pools"] = std::move(pools);
        item["valid-lifetime"] = subnet.lease_seconds;
        item["min-valid-lifetime"] = std::min(subnet.min_lease_seconds, subnet.lease_seconds);
        item["max-valid-lifetime"] = std::max(subnet.max_lease_seconds, subnet.lease_seconds);
        if (subnet.renewal_seconds) item["renew-timer"] = *subnet.renewal_seconds;
        if (subnet.rebinding_seconds) item["rebind-timer"] = *subnet.rebinding_seconds;
        write_options(item, subnet.options, key);
        Json hosts = Json::array();
        for (std::size_t r = 0; r < subnet.reservations.size(); ++r) {
            auto host = host_item(subnet.reservations[r], fmt::format("{}reservation[{}]", key, r));
            if (host) hosts.push_back(std::move(*host));
        }
        if (!hosts.empty()) item["reservations"] = std::move(hosts);
        return item;
    }

    std::optional<Json> host_item(const Reservation& r, const std::string& key)
    {
        Json item;
        if (r.hardware && r.hardware->type == 1)
            item["hw-address"] = r.hardware->to_string();
        else if (!r.client_id.empty())
            item["client-id"] = quoted_hex(r.client_id);
        else if (!r.circuit_id.empty())
            item["circuit-id"] = quoted_hex(r.circuit_id);
        if (item.empty()) {
            note(key,
                 r.hardware ? "Kea knows hosts by Ethernet addresses alone"
                            : "Kea does not know hosts by this without a hook library (flexible identifiers)");
            return std::nullopt;
        }
        if (!r.remote_id.empty()) note(key + ".remote_id", "Kea compares the circuit id alone");
        item["ip-address"] = r.address.to_string();
        if (!r.hostname.empty()) item["hostname"] = r.hostname;
        write_options(item, r.options, key + ".");
        return item;
    }

    const Config& config_;
    Notes notes_;
};

} // namespace

KeaExport export_kea(const Config& config, std::string_view interface, std::string_view lease_file)
{
    return KeaWriter{config}.run(interface, lease_file);
}

} // namespace dorascope::interchange
