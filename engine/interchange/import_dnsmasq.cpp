// SPDX-License-Identifier: GPL-3.0-or-later
// dnsmasq.conf(5): "KEY=VALUE" a line. Tags are its classes: what sets one (a vendor class, a MAC prefix …) becomes a ClientClass, what a
// range or a host sets leads to its subnet or reservation, and what asks for one tag goes there.
#include "engine/interchange/class_tests.h"
#include "engine/interchange/config_formats.h"
#include "engine/interchange/dnsmasq_hosts.h"
#include "engine/interchange/dnsmasq_options.h"
#include "engine/interchange/text.h"
#include "engine/wire/message.h"

#include <algorithm>
#include <fmt/format.h>

namespace dorascope::interchange {
namespace {

using server::ClassTest;
using server::Config;
using server::Subnet;
using Subject = ClassTest::Subject;
using Line = DnsmasqLine;

class DnsmasqImport {
public:
    tl::expected<ConfigImport, Problem> run(std::string_view text)
    {
        const auto lines = dnsmasq_lines(text);
        config_.probe.enabled = true; // dnsmasq pings by itself
        // What sets tags, then ranges, then hosts in them, then what goes to any of these.
        for (const int pass : {0, 1, 2, 3}) {
            for (const auto& line : lines)
                if (pass_of(line.key) == pass) take(line);
        }
        defaults_.list(config_, outcome_.notes);
        return ConfigImport{std::move(config_), outcome_.notes.take_sorted()};
    }

private:
    struct Handler {
        std::string_view key;
        int pass;
        void (DnsmasqImport::*take)(const Line&);
    };
    static std::span<const Handler> handlers();
    static const Handler* handler(std::string_view key)
    {
        const auto all = handlers();
        const auto at = std::ranges::find(all, key, &Handler::key);
        return at == all.end() ? nullptr : &*at;
    }
    static int pass_of(std::string_view key) { return handler(key) == nullptr ? 3 : handler(key)->pass; }

    void drop(const Line& line, std::string why) { outcome_.drop(line, std::move(why)); }
    /// A line that one of the parts deals with.
    template <auto Part, auto Take> void pass_on(const Line& line) { ((this->*Part).*Take)(line); }

    void take(const Line& line)
    {
        if (const auto* const h = handler(line.key)) return (this->*h->take)(line);
        static constexpr std::string_view kFile = "names another file, which is not read: import that too";
        static constexpr std::string_view kLines =
            "names a file of lines without keys, which is not read: write them into this one";
        static constexpr Reason kReasons[] = {{"dhcp-hosts", kLines},
                                              {"dhcp-opts", kLines},
                                              {"dhcp-leasefile", "leases are imported for themselves"},
                                              {"dhcp-script", "DoraScope runs no scripts"},
                                              {"dhcp-luascript", "DoraScope runs no scripts"},
                                              {"dhcp-ttl", "is about DNS"},
                                              {"dhcp-fqdn", "is about DNS"},
                                              {"dhcp-client-update", "is about DNS"},
                                              {"dhcp-", "has no equivalent here"},
                                              {"read-ethers", "names hosts of /etc/ethers: write them as reservations"},
                                              {"shared-network", "write the same shared_network = NAME in its subnets"},
                                              {"tag-if", "makes a tag of other tags: write a class by hand"},
                                              {"no-dhcp", "the interface is named when serving"},
                                              {"bridge-interface", "the interface is named when serving"},
                                              {"log-dhcp", "is about the log of dnsmasq"},
                                              {"quiet-dhcp", "is about the log of dnsmasq"},
                                              {"leasefile-ro", "leases are imported for themselves"},
                                              {"script-", "DoraScope runs no scripts"},
                                              {"tftp-", "DoraScope serves no TFTP"},
                                              {"enable-tftp", "DoraScope serves no TFTP"},
                                              {"pxe-", "DoraScope shows no PXE menu"},
                                              {"ra-param", "is about IPv6"},
                                              {"enable-ra", "is about IPv6"},
                                              {"conf-", kFile},
                                              {"interface", "the interface is named when serving"},
                                              {"except-interface", "the interface is named when serving"},
                                              {"listen-address", "the interface is named when serving"},
                                              {"bind-", "the interface is named when serving"},
                                              {"", "is not about DHCP"}};
        drop(line, reason_of(line.key, kReasons));
    }

    // ---- tags -----------------------------------------------------------------------------------------------------------------------

    void add_test(const Line& line, const std::string& tag, ClassTest test)
    {
        if (!can_be_there(test)) return drop(line, "is longer than what it is compared with can be");
        auto* there = class_named(config_, tag);
        if (there == nullptr && config_.classes.size() == kMostClasses) return drop(line, "is one class too many");
        if (there == nullptr) return void(config_.classes.push_back({tag, {std::move(test)}, false, {}, std::nullopt}));
        auto& old = there->tests.front();
        if (old.subject != test.subject || old.code != test.code || old.prefix != test.prefix || old.anywhere != test.anywhere)
            return drop(line, fmt::format("the tag {} is set by another kind of test already", shortened(tag, 40)));
        if (old.data.empty()) return; // it is enough that the option is there, as before
        old.alternatives.push_back(std::move(test.data));
    }

    // ---- classes --------------------------------------------------------------------------------------------------------------------

    /// A field of a line and all that follows.
    static std::string_view from(const Line& line, std::string_view field)
    {
        return field.empty() ? field : line.value.substr(static_cast<std::size_t>(field.data() - line.value.data()));
    }

    template <std::uint8_t Code> void take_text_class(const Line& line)
    {
        auto fields = dnsmasq_fields(line.value);
        const auto tag = take_set_tag(fields);
        if (!tag || fields[0].empty()) return drop(line, "is not set:TAG,TEXT");
        const auto text = from(line, fields[0]); // "Cisco Systems, Inc.": the rest of the line is one text
        if (text.starts_with("enterprise:")) return drop(line, "matches option 124 or IPv6");
        ClassTest test{Subject::option, Code, bytes_of(unquoted(text)), false, {}};
        test.anywhere = !test.data.empty();
        add_test(line, *tag, std::move(test));
    }

    void take_mac(const Line& line)
    {
        auto fields = dnsmasq_fields(line.value);
        const auto tag = take_set_tag(fields);
        auto test = tag && fields.size() == 1 ? dnsmasq_mac_prefix(fields[0]) : std::nullopt;
        if (!test) return drop(line, "is not set:TAG,MAC with * at its end alone");
        add_test(line, *tag, std::move(*test));
    }

    /// Of octets, some of which may be any.
    static bool is_pattern(std::string_view field)
    {
        return field.find('*') != std::string_view::npos
            && field.find_first_not_of("0123456789abcdefABCDEF:*") == std::string_view::npos;
    }

    template <Subject S> void take_relay(const Line& line)
    {
        auto fields = dnsmasq_fields(line.value);
        const auto tag = take_set_tag(fields);
        if (!tag || fields.size() != 1) return drop(line, "is not set:TAG,ID");
        const auto octets = dnsmasq_identifier(unquoted(fields[0]));
        if (octets.empty()) return drop(line, "is not set:TAG,ID");
        const auto bytes = std::as_bytes(std::span{octets});
        add_test(line, *tag, {S, 0, {bytes.begin(), bytes.end()}, false, {}});
    }

    void take_match(const Line& line)
    {
        auto fields = dnsmasq_fields(line.value);
        const auto set = take_option_tags(fields);
        const auto code = fields.empty() ? std::nullopt : dnsmasq_option_code(fields[0]);
        if (set.size() != 1 || !code) return drop(line, "does not match an option that we know");
        ClassTest test{Subject::option, *code, {}, false, {}};
        if (fields.size() > 1) {
            if (is_pattern(fields[1])) return drop(line, "is a pattern of octets, which has no equivalent here");
            std::string why;
            auto data = dnsmasq_option_data(*code, std::span{fields}.subspan(1), why);
            if (!data) return drop(line, why);
            test.anywhere =
                *data == bytes_of(unquoted(from(line, fields[1]))); // text; numbers, addresses and octets stand at the beginning
            test.prefix = !test.anywhere;
            test.data = std::move(*data);
        }
        add_test(line, set[0], std::move(test));
    }

    void take_ignore(const Line& line)
    {
        auto fields = dnsmasq_fields(line.value);
        const auto asked = take_all_tags(fields);
        auto* const denied = asked.size() == 1 ? class_named(config_, asked[0]) : nullptr;
        if (denied == nullptr) return drop(line, "ignores clients by tags that are not one class");
        denied->deny = true;
    }

    // ---- ranges ---------------------------------------------------------------------------------------------------------------------

    static constexpr std::uint32_t kShortest = 120; ///< dnsmasq(8): "The minimum lease time is two minutes"

    struct Range {
        std::optional<std::uint8_t> length; ///< of the netmask
        std::optional<Ipv4Address> broadcast;
        std::uint32_t time = 3600; ///< dnsmasq(8): "If not given, the default lease time is one hour"
    };

    /// What stands behind its addresses.
    Range read_range(const Line& line, std::span<const std::string_view> fields)
    {
        Range range;
        for (const auto field : fields) {
            const auto address = Ipv4Address::parse(field);
            if (address && !range.length)
                range.length = prefix_length(*address);
            else if (address)
                range.broadcast = address;
            else if (const auto seconds = dnsmasq_time(field))
                range.time = std::max(*seconds, kShortest);
            else if (!field.empty())
                drop(line, fmt::format("{} is neither a netmask nor a lease time", shortened(field, 40)));
        }
        if (!range.length) {
            drop(line, "names no netmask: taken as 255.255.255.0, put it right if the interface has another");
            range.length = 24;
        }
        return range;
    }

    void take_range(const Line& line)
    {
        auto fields = dnsmasq_fields(line.value);
        const auto tags = take_range_tags(fields);
        const auto first = fields.empty() ? std::nullopt : Ipv4Address::parse(fields[0]);
        if (!first) return drop(line, "is not a range of IPv4 addresses");
        auto last = fields.size() > 1 ? Ipv4Address::parse(fields[1]) : std::nullopt;
        const bool fixed = fields.size() > 1 && fields[1] == "static";
        if (!last && !fixed) return drop(line, "has no last address; proxies and ranges of interfaces have no equivalent here");
        const auto range = read_range(line, std::span{fields}.subspan(2));
        if (config_.subnets.size() == kMostSubnets) return drop(line, "is one range too many");
        auto& subnet = subnet_of(line, Ipv4Prefix::of(*first, *range.length), range.time);
        if (range.broadcast && *range.broadcast != subnet.prefix.broadcast())
            drop(line, "the broadcast address follows from the prefix of the subnet here");
        const auto index = static_cast<std::size_t>(&subnet - config_.subnets.data());
        for (const auto& tag : tags.set)
            outcome_.tagged.emplace(tag, DnsmasqOutcome::Tagged{index, std::nullopt});
        if (!fixed) add_pool(line, subnet, {*first, *last}, tags.asked);
    }

    void add_pool(const Line& line, Subnet& subnet, Ipv4Range range, const std::vector<std::string>& asked)
    {
        std::string pool_class;
        if (asked.size() == 1 && class_named(config_, asked[0]) != nullptr)
            pool_class = asked[0];
        else if (!asked.empty())
            drop(line, DnsmasqOutcome::no_place(asked) + "; the pool is for everybody now");
        subnet.pools.emplace_back(range, pool_class);
    }

    /// The first range of a subnet says its lease time.
    Subnet& subnet_of(const Line& line, const Ipv4Prefix& prefix, std::uint32_t time)
    {
        for (auto& subnet : config_.subnets) {
            if (subnet.prefix != prefix) continue;
            if (subnet.lease_seconds != time)
                drop(line,
                     "has another lease time than the first range of its subnet, and a subnet has one here: give it to a class");
            return subnet;
        }
        auto& subnet = config_.subnets.emplace_back();
        subnet.prefix = prefix;
        subnet.lease_seconds = time;
        subnet.min_lease_seconds = kShortest;
        subnet.max_lease_seconds = time; // what a client asks for is a request to have it shorter
        defaults_.range(line, prefix);
        return subnet;
    }

    // ---- the rest --------------------------------------------------------------------------------------------------------------------

    void take_domain(const Line& line)
    {
        const auto fields = dnsmasq_fields(line.value);
        if (fields.size() != 1 || fields[0] == "#")
            return drop(line, "a domain for a part of the network has no equivalent here");
        config_.options.domain_name = std::string{fields[0]};
    }

    void take_authoritative(const Line&) { config_.authority = server::Authority::authoritative; }
    void take_rapid_commit(const Line&) { config_.rapid_commit = true; }
    void take_bootp(const Line& line)
    {
        config_.bootp = true;
        if (!line.value.empty()) drop(line, "BOOTP clients are answered whatever their tags are here");
    }
    void take_port(const Line& line)
    {
        if (line.value != "53") defaults_.no_dns();
        drop(line, "is not about DHCP");
    }
    void take_no_ping(const Line&) { config_.probe.enabled = false; }

    DnsmasqOutcome outcome_;
    Config& config_ = outcome_.config;
    DnsmasqDefaults defaults_;
    DnsmasqHosts hosts_{outcome_};
    DnsmasqOptions options_{outcome_, defaults_};
};

std::span<const DnsmasqImport::Handler> DnsmasqImport::handlers()
{
    using I = DnsmasqImport;
    static constexpr Handler kHandlers[] = {
        {"dhcp-vendorclass", 0, &I::take_text_class<wire::option::vendor_class_identifier>},
        {"dhcp-userclass", 0, &I::take_text_class<wire::option::user_class>},
        {"dhcp-mac", 0, &I::take_mac},
        {"dhcp-match", 0, &I::take_match},
        {"dhcp-circuitid", 0, &I::take_relay<Subject::circuit_id>},
        {"dhcp-remoteid", 0, &I::take_relay<Subject::remote_id>},
        {"dhcp-range", 1, &I::take_range},
        {"dhcp-host", 2, &I::pass_on<&I::hosts_, &DnsmasqHosts::take_host>},
        {"dhcp-ignore", 2, &I::take_ignore},
        {"dhcp-option", 3, &I::pass_on<&I::options_, &DnsmasqOptions::take_option>},
        {"dhcp-option-force", 3, &I::pass_on<&I::options_, &DnsmasqOptions::take_forced>},
        {"dhcp-boot", 3, &I::pass_on<&I::options_, &DnsmasqOptions::take_boot>},
        {"domain", 3, &I::take_domain},
        {"dhcp-authoritative", 3, &I::take_authoritative},
        {"dhcp-rapid-commit", 3, &I::take_rapid_commit},
        {"bootp-dynamic", 3, &I::take_bootp},
        {"no-ping", 3, &I::take_no_ping},
        {"port", 3, &I::take_port},
    };
    return kHandlers;
}

} // namespace

tl::expected<ConfigImport, Problem> import_dnsmasq(std::string_view text) { return DnsmasqImport{}.run(text); }

} // namespace dorascope::interchange
