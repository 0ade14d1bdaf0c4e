// SPDX-License-Identifier: GPL-3.0-or-later
// Kea's "Dhcp4". Each object is read by a table of its keys; a key that no table has is listed.
#include "engine/interchange/class_times.h"
#include "engine/interchange/config_formats.h"
#include "engine/interchange/json_tree.h"
#include "engine/interchange/kea_condition.h"
#include "engine/interchange/option_names.h"
#include "engine/interchange/text.h"
#include "engine/wire/hex.h"
#include "engine/wire/message.h"
#include "engine/wire/option_words.h"

#include <algorithm>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <map>

namespace dorascope::interchange {
namespace {

using server::ClientClass;
using server::Config;
using server::OptionSettings;
using server::Reservation;
using server::Subnet;
using Kind = JsonNode::Kind;

/// What a scope says of times; ours are said in each subnet.
struct Times {
    std::uint32_t lease = 7200; ///< Kea's own
    std::optional<std::uint32_t> least, most, t1, t2;
};

/// Of which classes a client must be, by what a scope and those around it say. A pool here is of one.
struct Whom {
    std::vector<std::string> classes;
    bool unsayable = false; ///< of any of several
};

/// "a, b" as Kea writes values; a backslash keeps a comma.
std::vector<std::string> csv_words(std::string_view text)
{
    std::vector<std::string> words(1);
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '\\' && i + 1 < text.size() && text[i + 1] == ',')
            words.back() += text[++i];
        else if (text[i] == ',')
            words.emplace_back();
        else
            words.back() += text[i];
    }
    for (auto& word : words)
        word = std::string{trimmed(word)};
    return words;
}

class KeaImport {
public:
    tl::expected<ConfigImport, Problem> run(std::string_view text)
    {
        const auto root = parse_json(text);
        if (!root) return tl::unexpected{root.error()};
        const auto* const dhcp4 = root->member("Dhcp4");
        if (dhcp4 == nullptr || !dhcp4->is(Kind::object))
            return tl::unexpected{Problem{root->line, "there is no \"Dhcp4\"", "give a configuration of kea-dhcp4"}};
        for (const auto& [key, node] : root->members)
            if (key != "Dhcp4") notes_.add(node.line, key, "is not about DHCPv4");
        read_server(*dhcp4);
        return ConfigImport{std::move(config_), notes_.take_sorted()};
    }

private:
    void drop(const std::string& key, const JsonNode& node, std::string why)
    {
        notes_.add(node.line, fmt::format("\"{}\": {}", shortened(key, 40), node.brief()), std::move(why));
    }
    /// Lists what is neither known nor without effect.
    void drop_others(const JsonNode& object, std::initializer_list<std::string_view> known)
    {
        static constexpr std::string_view kSilent[] = {"comment", "calculate-tee-times"};
        for (const auto& [key, node] : object.members) {
            const bool said =
                std::ranges::find(known, key) != known.end() || std::ranges::find(kSilent, key) != std::end(kSilent);
            if (!said) drop(key, node, reason(key));
        }
    }
    static std::string reason(std::string_view key)
    {
        static constexpr Reason kReasons[] = {{"interface", "the interface is named when serving"},
                                              {"id", "subnets are numbered in order of the file"},
                                              {"user-context", "DoraScope keeps no notes of other programs"},
                                              {"lease-database", "leases are imported for themselves"},
                                              {"host", "has no equivalent here"},
                                              {"ddns-", "DoraScope updates no DNS"},
                                              {"dhcp-ddns", "DoraScope updates no DNS"},
                                              {"control-socket", "is about Kea's own control"},
                                              {"loggers", "is about Kea's log"},
                                              {"hooks-libraries", "there are no hooks here"},
                                              {"multi-threading", "is about how Kea works"}};
        return reason_of(key, kReasons);
    }

    void read_server(const JsonNode& dhcp4)
    {
        read_definitions(dhcp4);
        read_options(dhcp4, config_.options);
        read_boot(dhcp4, config_.options);
        if (dhcp4.boolean_at("authoritative") == true) config_.authority = server::Authority::authoritative;
        if (const auto seconds = dhcp4.integer_at("decline-probation-period");
            seconds && *seconds >= 0 && *seconds <= 1'000'000'000)
            config_.decline_quarantine = std::chrono::seconds{*seconds};
        const Times times = times_of(dhcp4, {});
        read_classes(dhcp4);
        read_subnets(dhcp4, {times, {}, "", {}});
        for (const auto& network : dhcp4.list_at("shared-networks"))
            read_network(network, times);
        list_outranked_classes();
        for (const auto& host : dhcp4.list_at("reservations"))
            read_host(host, nullptr);
        drop_others(dhcp4,
                    {"option-def", "option-data", "next-server", "boot-file-name", "server-hostname", "authoritative",
                     "decline-probation-period", "valid-lifetime", "min-valid-lifetime", "max-valid-lifetime", "renew-timer",
                     "rebind-timer", "client-classes", "subnet4", "shared-networks", "reservations"});
    }

    void read_network(const JsonNode& network, const Times& times)
    {
        OptionSettings options;
        read_options(network, options);
        read_boot(network, options);
        read_subnets(network, {times_of(network, times), options, std::string{network.text_at("name")}, whom_of(network, {})});
        drop_others(network,
                    {"name", "client-class", "client-classes", "option-data", "next-server", "boot-file-name", "server-hostname",
                     "valid-lifetime", "min-valid-lifetime", "max-valid-lifetime", "renew-timer", "rebind-timer", "subnet4"});
    }

    static std::optional<std::uint32_t> seconds_at(const JsonNode& object, std::string_view key)
    {
        const auto value = object.integer_at(key);
        return value && *value >= 0 && *value <= kInfiniteSeconds ? std::optional{static_cast<std::uint32_t>(*value)}
                                                                  : std::nullopt;
    }
    static Times times_of(const JsonNode& object, Times times)
    {
        if (const auto lease = seconds_at(object, "valid-lifetime")) times.lease = *lease;
        if (const auto least = seconds_at(object, "min-valid-lifetime")) times.least = least;
        if (const auto most = seconds_at(object, "max-valid-lifetime")) times.most = most;
        if (const auto t1 = seconds_at(object, "renew-timer")) times.t1 = t1;
        if (const auto t2 = seconds_at(object, "rebind-timer")) times.t2 = t2;
        return times;
    }

    // ---- subnets --------------------------------------------------------------------------------------------------------------------

    struct Around {
        Times times;
        OptionSettings options;
        std::string network;
        Whom whom;
    };
    void read_subnets(const JsonNode& scope, const Around& outer)
    {
        for (const auto& node : scope.list_at("subnet4")) {
            const auto prefix = subnet_prefix(node.text_at("subnet"));
            budget_ -= static_cast<std::int64_t>(size_of(outer.options)) + 64;
            if (!prefix || config_.subnets.size() == kMostSubnets || budget_ < 0) {
                drop("subnet4", node, prefix ? "is one subnet too many" : "is no subnet");
                continue;
            }
            Subnet subnet;
            subnet.prefix = *prefix;
            subnet.shared_network = outer.network;
            const auto whom = whom_of(node, outer.whom);
            read_pools(node, subnet, whom);
            read_options(node, subnet.options);
            read_boot(node, subnet.options);
            inherit(subnet.options, outer.options);
            set_times(node, subnet, times_of(node, outer.times));
            for (const auto& host : node.list_at("reservations"))
                read_host(host, &subnet);
            if ((whom.unsayable || !whom.classes.empty()) && !subnet.reservations.empty())
                notes_.add(node.line, fmt::format("client-class of {}", subnet.prefix.to_string()),
                           "is that of its pools here: what is reserved is its client's, of whatever class");
            // An export numbers subnets from 1 in order of the file; leases name them by these numbers.
            const bool same_id = node.integer_at("id").value_or(0) == static_cast<std::int64_t>(config_.subnets.size()) + 1;
            drop_others(node,
                        {"subnet", same_id ? "id" : "subnet", "client-class", "client-classes", "pools", "option-data",
                         "next-server", "boot-file-name", "server-hostname", "valid-lifetime", "min-valid-lifetime",
                         "max-valid-lifetime", "renew-timer", "rebind-timer", "reservations"});
            config_.subnets.push_back(std::move(subnet));
        }
    }

    static std::optional<Ipv4Prefix> subnet_prefix(std::string_view text)
    {
        const auto slash = text.find('/');
        const auto network = Ipv4Address::parse(text.substr(0, slash));
        const auto length = slash == std::string_view::npos ? std::nullopt : decimal(text.substr(slash + 1));
        if (!network || !length || *length > 32) return std::nullopt;
        return Ipv4Prefix::of(*network, static_cast<std::uint8_t>(*length));
    }

    static Whom whom_of(const JsonNode& scope, Whom whom)
    {
        std::vector<std::string> any;
        for (const auto& each : scope.list_at("client-classes"))
            any.push_back(each.text);
        if (const auto one = scope.text_at("client-class"); !one.empty()) any.emplace_back(one);
        std::erase(any, "ALL"); // everybody is
        whom.unsayable |= any.size() > 1;
        if (any.size() == 1 && std::ranges::find(whom.classes, any[0]) == whom.classes.end()) whom.classes.push_back(any[0]);
        return whom;
    }

    void set_times(const JsonNode& node, Subnet& subnet, const Times& times)
    {
        subnet.lease_seconds = times.lease;
        // Without bounds of its own Kea always gives the one lifetime.
        subnet.min_lease_seconds = std::min(times.least.value_or(times.lease), times.lease);
        subnet.max_lease_seconds = std::max(times.most.value_or(times.lease), times.lease);
        const std::uint64_t lease = times.lease;
        if (times.t2 && *times.t2 >= lease)
            notes_.add(node.line, fmt::format("rebind-timer {}", *times.t2), "is not before the end of the lease");
        else
            subnet.rebinding_seconds = times.t2;
        if (times.t1 && *times.t1 >= subnet.rebinding_seconds.value_or(static_cast<std::uint32_t>(lease * 7 / 8)))
            notes_.add(node.line, fmt::format("renew-timer {}", *times.t1), "is not before T2, when clients ask other servers");
        else
            subnet.renewal_seconds = times.t1;
    }

    /// What is for some clients only never becomes everybody's.
    void read_pools(const JsonNode& node, Subnet& subnet, const Whom& around)
    {
        for (const auto& pool : node.list_at("pools")) {
            const auto text = pool.text_at("pool");
            std::optional<Ipv4Range> range;
            if (const auto prefix = subnet_prefix(text)) {
                range = Ipv4Range{prefix->network, prefix->broadcast()};
            } else {
                std::string tight{text};
                std::erase(tight, ' ');
                range = Ipv4Range::parse(tight);
            }
            if (!range) {
                drop("pool", pool, "is no range");
                continue;
            }
            const auto whom = whom_of(pool, around);
            if (whom.unsayable || whom.classes.size() > 1) {
                drop("pool", pool,
                     "is for clients of several classes, and of one here: left out; write a class and give it the pool");
                continue;
            }
            subnet.pools.emplace_back(*range, whom.classes.empty() ? "" : whom.classes[0]);
            drop_others(pool, {"pool", "client-class", "client-classes"});
        }
    }

    // ---- reservations ---------------------------------------------------------------------------------------------------------------

    static std::vector<std::uint8_t> octets(std::string_view text)
    {
        if (text.starts_with("0x")) text.remove_prefix(2);
        if (text.size() >= 2 && text.front() == '\'' && text.back() == '\'') return {text.begin() + 1, text.end() - 1};
        return wire::from_hex(text).value_or(std::vector<std::uint8_t>{});
    }

    void read_host(const JsonNode& node, Subnet* subnet)
    {
        Reservation host;
        const auto address = Ipv4Address::parse(node.text_at("ip-address"));
        if (!address) return drop("reservations", node, "sets no address aside");
        host.address = *address;
        if (const auto text = node.text_at("hw-address"); !text.empty()) host.hardware = hardware_of(1, text);
        host.client_id = octets(node.text_at("client-id"));
        host.circuit_id = octets(node.text_at("circuit-id"));
        if (!host.hardware && host.client_id.empty() && host.circuit_id.empty())
            return drop("reservations", node, "names no client in a way that we know");
        host.hostname = std::string{node.text_at("hostname")};
        read_options(node, host.options);
        read_boot(node, host.options);
        drop_others(node,
                    {"ip-address", "hw-address", "client-id", "circuit-id", "hostname", "option-data", "next-server",
                     "boot-file-name", "server-hostname"});
        if (subnet == nullptr) {
            const auto at = std::ranges::find_if(config_.subnets, [&](const Subnet& s) { return s.prefix.contains(*address); });
            if (at == config_.subnets.end()) return drop("reservations", node, "its address lies in no subnet of the file");
            subnet = &*at;
        }
        subnet->reservations.push_back(std::move(host));
    }

    // ---- classes --------------------------------------------------------------------------------------------------------------------

    /// Kea wants the lifetime between its bounds, and so do we; what it would refuse is brought there.
    void read_times(const JsonNode& node, ClientClass& target)
    {
        target.lease_seconds = seconds_at(node, "valid-lifetime");
        target.min_lease_seconds = seconds_at(node, "min-valid-lifetime");
        target.max_lease_seconds = seconds_at(node, "max-valid-lifetime");
        bring_between_bounds(target);
    }

    void read_classes(const JsonNode& dhcp4)
    {
        const auto names = [this](std::string_view name) {
            const auto defined = definitions_.find(name);
            return defined == definitions_.end() ? isc_option_named(name) : std::optional{defined->second.code};
        };
        for (const auto& node : dhcp4.list_at("client-classes")) {
            const auto name = node.text_at("name");
            const auto expression = node.text_at("test");
            auto tests = expression.empty() ? std::nullopt : kea_condition(expression, names);
            if (!tests || config_.classes.size() == kMostClasses) {
                notes_.add(node.line, fmt::format("class {}: {}", shortened(name, 40), shortened(expression, 80)),
                           "is a condition that has no equivalent here; write the class by hand");
                continue;
            }
            ClientClass target{std::string{name}, std::move(*tests), name == "DROP", {}};
            read_times(node, target);
            read_options(node, target.options);
            read_boot(node, target.options);
            drop_others(node,
                        {"name", "test", "option-data", "next-server", "boot-file-name", "server-hostname", "valid-lifetime",
                         "min-valid-lifetime", "max-valid-lifetime"});
            config_.classes.push_back(std::move(target));
            lines_of_classes_.push_back(node.line);
        }
        // There the first class that says an option wins, here the last.
        std::ranges::reverse(config_.classes);
        std::ranges::reverse(lines_of_classes_);
    }

    /// Kea's Administrator Reference Manual, "Option Precedence": of options, not of the fields for booting.
    void list_outranked_classes()
    {
        Said of_subnets;
        for (const auto& subnet : config_.subnets)
            of_subnets |= said(subnet.options);
        for (std::size_t i = 0; i < config_.classes.size(); ++i) {
            const auto both = said(config_.classes[i].options) & of_subnets;
            for (std::size_t code = 0; code < 256; ++code)
                if (both[code])
                    notes_.add(lines_of_classes_[i],
                               fmt::format("class {}: option {}", shortened(config_.classes[i].name, 40), code),
                               "a subnet says it too, and Kea prefers what the subnet says; here the class wins");
        }
    }

    // ---- options --------------------------------------------------------------------------------------------------------------------

    struct Definition {
        std::uint8_t code;
        std::optional<wire::OptionFormat> format;
    };

    void read_definitions(const JsonNode& dhcp4)
    {
        struct Type {
            std::string_view name;
            wire::OptionFormat one, many;
        };
        using F = wire::OptionFormat;
        static constexpr Type kTypes[] = {{"ipv4-address", F::address, F::addresses},
                                          {"string", F::text, F::opaque},
                                          {"binary", F::opaque, F::opaque},
                                          {"boolean", F::flag, F::opaque},
                                          {"uint8", F::u8, F::codes},
                                          {"uint16", F::u16, F::u16s},
                                          {"uint32", F::u32, F::opaque},
                                          {"int32", F::i32, F::opaque},
                                          {"fqdn", F::domain, F::domains},
                                          {"empty", F::none, F::none}};
        for (const auto& node : dhcp4.list_at("option-def")) {
            const auto code = node.integer_at("code");
            const auto space = node.text_at("space");
            const auto* const type = std::ranges::find(kTypes, node.text_at("type"), &Type::name);
            if (!code || *code < 1 || *code > 254 || (!space.empty() && space != "dhcp4") || type == std::end(kTypes)) {
                drop("option-def", node, "is a definition that has no equivalent here");
                continue;
            }
            definitions_[std::string{node.text_at("name")}] = {static_cast<std::uint8_t>(*code),
                                                               node.boolean_at("array") == true ? type->many : type->one};
        }
    }

    std::optional<Definition> definition(const JsonNode& node) const
    {
        const auto name = node.text_at("name");
        const auto number = node.integer_at("code");
        for (const auto& [key, found] : definitions_)
            if (key == name || (name.empty() && number == found.code)) return found;
        if (number && *number > 0 && *number < 255) return Definition{static_cast<std::uint8_t>(*number), std::nullopt};
        const auto code = isc_option_named(name);
        return code ? std::optional{Definition{*code, std::nullopt}} : std::nullopt;
    }

    void read_options(const JsonNode& scope, OptionSettings& options)
    {
        for (const auto& node : scope.list_at("option-data")) {
            const auto space = node.text_at("space");
            const auto found = definition(node);
            if (!found || (!space.empty() && space != "dhcp4")) {
                drop("option-data", node, "is an option that we do not know, or one within another");
                continue;
            }
            if (node.boolean_at("never-send") == true) {
                drop("option-data", node, "is not sent there, whatever else says so: left out");
                continue;
            }
            auto data = option_data(node, *found);
            if (!data || !set_option(options, found->code, std::move(*data), node.boolean_at("always-send") == true))
                drop("option-data", node, "has a value that does not fit the option");
            drop_others(node, {"name", "code", "space", "data", "csv-format", "always-send", "never-send"});
        }
    }

    static std::optional<std::vector<std::byte>> option_data(const JsonNode& node, const Definition& found)
    {
        using F = wire::OptionFormat;
        const auto text = node.text_at("data");
        const auto format = found.format.value_or(wire::option_info(found.code).format);
        std::vector<std::string> words = csv_words(text);
        if (node.boolean_at("csv-format") == false || (format == F::opaque && node.boolean_at("csv-format") != true)) {
            const auto raw = octets(text);
            const auto bytes = std::as_bytes(std::span{raw});
            return std::vector<std::byte>(bytes.begin(), bytes.end());
        }
        if (format == F::text) words = {fmt::format("{}", fmt::join(words, ","))}; // commas of its own, kept or not
        if (format == F::address_pairs) {
            std::vector<std::string> pairs;
            for (std::size_t i = 0; i + 1 < words.size(); i += 2)
                pairs.push_back(words[i] + " " + words[i + 1]);
            words = std::move(pairs);
        }
        auto data = wire::words_to_data(found.code, format, words);
        return data ? std::optional{std::move(*data)} : std::nullopt;
    }

    void read_boot(const JsonNode& scope, OptionSettings& options)
    {
        const auto next = Ipv4Address::parse(scope.text_at("next-server"));
        if (next && !next->is_unspecified()) options.next_server = next;
        if (const auto file = scope.text_at("boot-file-name"); !file.empty()) options.boot_file = std::string{file};
        if (const auto name = scope.text_at("server-hostname"); !name.empty()) options.server_name = std::string{name};
    }

    Config config_;
    Notes notes_;
    std::vector<std::size_t> lines_of_classes_;
    std::map<std::string, Definition, std::less<>> definitions_;
    std::int64_t budget_ = kRepeatedOctets;
};

} // namespace

tl::expected<ConfigImport, Problem> import_kea(std::string_view text) { return KeaImport{}.run(text); }

} // namespace dorascope::interchange
