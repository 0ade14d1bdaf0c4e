// SPDX-License-Identifier: GPL-3.0-or-later
// dnsmasq.conf(5): "KEY=VALUE" a line. Tags are its classes: what sets one (a vendor class, a MAC prefix …) becomes a ClientClass, what a
// range or a host sets leads to its subnet or reservation, and what asks for one tag goes there.
#include "engine/interchange/config_formats.h"
#include "engine/interchange/dnsmasq_syntax.h"
#include "engine/interchange/text.h"
#include "engine/wire/hex.h"
#include "engine/wire/message.h"

#include <algorithm>
#include <fmt/format.h>
#include <map>

namespace dorascope::interchange {
namespace {

using server::ClassTest;
using server::Config;
using server::OptionSettings;
using server::Reservation;
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
        return ConfigImport{std::move(config_), notes_.take_sorted()};
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

    void drop(const Line& line, std::string why) { notes_.add(line.number, line.text, std::move(why)); }

    void take(const Line& line)
    {
        if (const auto* const h = handler(line.key)) return (this->*h->take)(line);
        static constexpr Reason kReasons[] = {{"dhcp-", "has no equivalent here"},
                                              {"tftp-", "DoraScope serves no TFTP"},
                                              {"enable-tftp", "DoraScope serves no TFTP"},
                                              {"pxe-", "DoraScope shows no PXE menu"},
                                              {"ra-param", "is about IPv6"},
                                              {"enable-ra", "is about IPv6"},
                                              {"conf-", "names other files: import them too"},
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
        auto* there = class_named(config_, tag);
        if (there == nullptr && config_.classes.size() == kMostClasses) return drop(line, "is one class too many");
        if (there == nullptr) {
            config_.classes.push_back({tag, {std::move(test)}, false, {}, std::nullopt});
            return;
        }
        auto& old = there->tests.front();
        if (old.subject != test.subject || old.code != test.code || old.prefix != test.prefix)
            return drop(line, fmt::format("the tag {} is set by another kind of test already", shortened(tag, 40)));
        old.alternatives.push_back(std::move(test.data));
        old.alternatives.insert(old.alternatives.end(), test.alternatives.begin(), test.alternatives.end());
    }

    /// Where what asks for these tags goes; empty when there is no such place.
    std::vector<OptionSettings*> places(const std::vector<std::string>& asked)
    {
        if (asked.empty()) return {&config_.options};
        if (asked.size() > 1) return {};
        if (auto* c = class_named(config_, asked[0])) return {&c->options};
        std::vector<OptionSettings*> all;
        for (auto [at, end] = tagged_.equal_range(asked[0]); at != end; ++at) {
            auto& subnet = config_.subnets[at->second.first];
            all.push_back(at->second.second ? &subnet.reservations[*at->second.second].options : &subnet.options);
        }
        return all;
    }
    static std::string no_place(const std::vector<std::string>& asked)
    {
        if (asked.size() > 1) return "asks for several tags at once";
        return fmt::format("asks for the tag {}, which nothing sets that we know", shortened(asked[0], 40));
    }

    // ---- classes --------------------------------------------------------------------------------------------------------------------

    template <std::uint8_t Code> void take_text_class(const Line& line)
    {
        auto fields = split(line.value, ',');
        const auto tags = take_tags(fields);
        if (tags.set.size() != 1 || fields.empty()) return drop(line, "is not set:TAG,TEXT");
        // "Cisco Systems, Inc.": the rest of the line is one text.
        fields[0] = {fields[0].data(), static_cast<std::size_t>(fields.back().data() + fields.back().size() - fields[0].data())};
        if (fields[0].starts_with("enterprise:")) return drop(line, "matches option 124 or IPv6");
        // dnsmasq finds the text anywhere in the option; nearly always it is where the option begins.
        ClassTest test{Subject::option, Code, bytes_of(unquoted(fields[0])), true, {}};
        if (Code == wire::option::user_class && fields[0].size() < 256) {
            auto block = test.data;
            block.insert(block.begin(), static_cast<std::byte>(test.data.size()));
            test.alternatives.push_back(std::move(block));
        }
        add_test(line, tags.set[0], std::move(test));
    }

    void take_mac(const Line& line)
    {
        auto fields = split(line.value, ',');
        const auto tags = take_tags(fields);
        auto pattern = fields.size() == 1 ? fields[0] : std::string_view{};
        while (pattern.ends_with(":*"))
            pattern.remove_suffix(2);
        const auto octets = wire::from_hex(pattern);
        if (tags.set.size() != 1 || !octets || octets->empty()) return drop(line, "is not set:TAG,MAC with * at its end alone");
        const auto bytes = std::as_bytes(std::span{*octets});
        add_test(line, tags.set[0], {Subject::hardware, 0, {bytes.begin(), bytes.end()}, true, {}});
    }

    template <Subject S> void take_relay(const Line& line)
    {
        auto fields = split(line.value, ',');
        const auto tags = take_tags(fields);
        if (tags.set.size() != 1 || fields.size() != 1) return drop(line, "is not set:TAG,ID");
        const auto octets = wire::from_hex(fields[0]);
        const auto bytes = octets ? std::as_bytes(std::span{*octets}) : std::span<const std::byte>{};
        auto data = octets ? std::vector<std::byte>(bytes.begin(), bytes.end()) : bytes_of(unquoted(fields[0]));
        add_test(line, tags.set[0], {S, 0, std::move(data), false, {}});
    }

    void take_match(const Line& line)
    {
        auto fields = split(line.value, ',');
        const auto tags = take_tags(fields);
        const auto code = fields.empty() ? std::nullopt : dnsmasq_option_code(fields[0]);
        if (tags.set.size() != 1 || !code) return drop(line, "does not match an option that we know");
        ClassTest test{Subject::option, *code, {}, false, {}};
        if (fields.size() > 1) {
            std::string why;
            auto data = dnsmasq_option_data(*code, std::span{fields}.subspan(1), why);
            if (!data) return drop(line, why);
            test.data = std::move(*data);
            test.prefix = true;
        }
        add_test(line, tags.set[0], std::move(test));
    }

    void take_ignore(const Line& line)
    {
        auto fields = split(line.value, ',');
        const auto tags = take_tags(fields);
        auto* const denied = tags.asked.size() == 1 ? class_named(config_, tags.asked[0]) : nullptr;
        if (denied == nullptr) return drop(line, "ignores clients by tags that are not one class");
        denied->deny = true;
    }

    // ---- ranges and hosts -----------------------------------------------------------------------------------------------------------

    void take_range(const Line& line)
    {
        auto fields = split(line.value, ',');
        const auto tags = take_tags(fields);
        const auto first = fields.empty() ? std::nullopt : Ipv4Address::parse(fields[0]);
        if (!first) return drop(line, "is not a range of IPv4 addresses");
        auto last = fields.size() > 1 ? Ipv4Address::parse(fields[1]) : std::nullopt;
        const bool fixed = fields.size() > 1 && fields[1] == "static";
        if (!last && !fixed) return drop(line, "has no last address; proxies and ranges of interfaces have no equivalent here");
        std::optional<std::uint8_t> length;
        std::optional<std::uint32_t> time;
        for (const auto field : std::span{fields}.subspan(2)) {
            const auto address = Ipv4Address::parse(field);
            if (address && !length)
                length = prefix_length(*address);
            else if (!address)
                time = dnsmasq_time(field);
        }
        if (!length) {
            notes_.add(line.number, line.text,
                       "names no netmask: taken as 255.255.255.0, put it right if the interface has another");
            length = 24;
        }
        if (config_.subnets.size() == kMostSubnets) return drop(line, "is one range too many");
        auto& subnet = subnet_of(Ipv4Prefix::of(*first, *length));
        const auto index = static_cast<std::size_t>(&subnet - config_.subnets.data());
        if (time) set_time(subnet, *time);
        for (const auto& tag : tags.set)
            tagged_.emplace(tag, std::pair{index, std::nullopt});
        if (fixed) return;
        std::string pool_class;
        if (tags.asked.size() == 1 && class_named(config_, tags.asked[0]) != nullptr)
            pool_class = tags.asked[0];
        else if (!tags.asked.empty())
            drop(line, no_place(tags.asked) + "; the pool is for everybody now");
        subnet.pools.emplace_back(Ipv4Range{*first, *last}, pool_class);
    }

    Subnet& subnet_of(const Ipv4Prefix& prefix)
    {
        for (auto& subnet : config_.subnets)
            if (subnet.prefix == prefix) return subnet;
        auto& subnet = config_.subnets.emplace_back();
        subnet.prefix = prefix;
        return subnet;
    }

    static void set_time(Subnet& subnet, std::uint32_t seconds)
    {
        subnet.lease_seconds = seconds;
        subnet.min_lease_seconds = std::min<std::uint32_t>(120, seconds); // dnsmasq's least
        subnet.max_lease_seconds = seconds; // what a client asks for is a request to have it shorter
    }

    void take_host(const Line& line)
    {
        auto fields = split(line.value, ',');
        const auto tags = take_tags(fields);
        Reservation host;
        std::optional<Ipv4Address> address;
        bool ignored = false;
        for (const auto field : fields) {
            if (const auto a = Ipv4Address::parse(field))
                address = *a;
            else if (field == "ignore")
                ignored = true;
            else if (field.starts_with("id:"))
                host.client_id = dnsmasq_identifier(field.substr(3));
            else if (const auto hardware = dnsmasq_hardware(field))
                take_hardware(line, host, *hardware);
            else if (dnsmasq_time(field) && field != fields[0])
                drop(line, "a lease time of its own has no equivalent here");
            else if (field.find_first_of("[*") != std::string_view::npos)
                return drop(line, "names IPv6 or a pattern");
            else
                host.hostname = std::string{field};
        }
        if (ignored) return ignore_host(line, host);
        if (!address) return drop(line, "sets no address aside");
        if (!host.hardware && host.client_id.empty()) {
            host.client_hostname = host.hostname;
            if (host.hostname.empty()) return drop(line, "names no client");
        }
        if (!host.client_id.empty()) host.hardware.reset(); // who sends an identifier is known by it
        host.address = *address;
        add_reservation(line, std::move(host), tags.set);
    }

    void add_reservation(const Line& line, Reservation host, const std::vector<std::string>& tags)
    {
        const auto subnet =
            std::ranges::find_if(config_.subnets, [&](const Subnet& s) { return s.prefix.contains(host.address); });
        if (subnet == config_.subnets.end()) return drop(line, "no dhcp-range has its network");
        for (const auto& tag : tags)
            tagged_.emplace(tag,
                            std::pair{static_cast<std::size_t>(subnet - config_.subnets.begin()),
                                      std::optional{subnet->reservations.size()}});
        subnet->reservations.push_back(std::move(host));
    }

    void take_hardware(const Line& line, Reservation& host, const HardwareAddress& hardware)
    {
        if (host.hardware) return drop(line, "has several MAC addresses: the first is taken");
        host.hardware = hardware;
    }

    void ignore_host(const Line& line, const Reservation& host)
    {
        if (!host.hardware) return drop(line, "ignores a client without a MAC address");
        const auto bytes = std::as_bytes(host.hardware->bytes());
        ClassTest test{Subject::hardware, 0, {bytes.begin(), bytes.end()}, false, {}};
        if (auto* there = class_named(config_, "ignored")) {
            there->tests.front().alternatives.push_back(std::move(test.data));
        } else {
            config_.classes.push_back({"ignored", {std::move(test)}, true, {}, std::nullopt});
        }
    }

    // ---- options --------------------------------------------------------------------------------------------------------------------

    template <bool Force> void take_option(const Line& line)
    {
        auto fields = split(line.value, ',');
        const auto tags = take_tags(fields);
        if (fields.empty()) return drop(line, "names no option");
        if (fields[0].starts_with("option6:")) return drop(line, "is about IPv6");
        const auto code = dnsmasq_option_code(fields[0]);
        if (!code) return drop(line, "is an option within another, or one that we do not know by this name");
        if (fields.size() == 1) return drop(line, "orders that an option is not sent; leave it out of the configuration instead");
        std::string why;
        const auto data = dnsmasq_option_data(*code, std::span{fields}.subspan(1), why);
        if (!data) return drop(line, why);
        const auto targets = places(tags.asked);
        if (targets.empty()) return drop(line, no_place(tags.asked));
        for (auto* const target : targets) {
            if ((budget_ -= static_cast<std::int64_t>(data->size()) + 64) < 0)
                return drop(line, "is too much to repeat for each");
            if (!set_option(*target, *code, *data, Force)) return drop(line, "has a value that does not fit the option");
        }
    }

    void take_boot(const Line& line)
    {
        auto fields = split(line.value, ',');
        const auto tags = take_tags(fields);
        if (fields.empty()) return drop(line, "names no file");
        const auto targets = places(tags.asked);
        if (targets.empty()) return drop(line, no_place(tags.asked));
        for (auto* const target : targets) {
            if ((budget_ -= static_cast<std::int64_t>(line.value.size()) + 64) < 0)
                return drop(line, "is too much to repeat for each");
            target->boot_file = std::string{unquoted(fields[0])};
            if (fields.size() > 1) target->server_name = std::string{unquoted(fields[1])};
            if (fields.size() > 2) target->next_server = Ipv4Address::parse(fields[2]);
        }
    }

    void take_domain(const Line& line)
    {
        const auto fields = split(line.value, ',');
        if (fields.size() != 1 || fields[0] == "#")
            return drop(line, "a domain for a part of the network has no equivalent here");
        config_.options.domain_name = std::string{fields[0]};
    }

    void take_authoritative(const Line&) { config_.authority = server::Authority::authoritative; }
    void take_rapid_commit(const Line&) { config_.rapid_commit = true; }
    void take_bootp(const Line&) { config_.bootp = true; }
    void take_no_ping(const Line&) { config_.probe.enabled = false; }

    Config config_;
    Notes notes_;
    std::multimap<std::string, std::pair<std::size_t, std::optional<std::size_t>>>
        tagged_; ///< to a subnet, or a reservation in it
    std::int64_t budget_ = kRepeatedOctets;
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
        {"dhcp-host", 2, &I::take_host},
        {"dhcp-ignore", 2, &I::take_ignore},
        {"dhcp-option", 3, &I::take_option<false>},
        {"dhcp-option-force", 3, &I::take_option<true>},
        {"dhcp-boot", 3, &I::take_boot},
        {"domain", 3, &I::take_domain},
        {"dhcp-authoritative", 3, &I::take_authoritative},
        {"dhcp-rapid-commit", 3, &I::take_rapid_commit},
        {"bootp-dynamic", 3, &I::take_bootp},
        {"no-ping", 3, &I::take_no_ping},
    };
    return kHandlers;
}

} // namespace

tl::expected<ConfigImport, Problem> import_dnsmasq(std::string_view text) { return DnsmasqImport{}.run(text); }

} // namespace dorascope::interchange
