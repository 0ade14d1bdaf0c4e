// SPDX-License-Identifier: GPL-3.0-or-later
// dnsmasq.conf(5): "KEY=VALUE" a line. Tags are its classes: what sets one (a vendor class, a MAC prefix …) becomes a ClientClass, what a
// range or a host sets leads to its subnet or reservation, and what asks for one tag goes there.
#include "engine/interchange/import_notes.h"
#include "engine/interchange/option_names.h"
#include "engine/wire/hex.h"
#include "engine/wire/message.h"
#include "engine/wire/option_words.h"

#include <algorithm>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <map>

namespace dorascope::interchange {
namespace {

using server::ClassTest;
using server::ClientClass;
using server::Config;
using server::OptionSettings;
using server::Reservation;
using server::Subnet;
using Subject = ClassTest::Subject;
using Fields = std::vector<std::string_view>;

struct Line {
    std::size_t number = 0;
    std::string_view key, value, text;
};

std::vector<std::byte> bytes_of(std::string_view text)
{
    const auto bytes = std::as_bytes(std::span{text});
    return {bytes.begin(), bytes.end()};
}

std::string_view unquoted(std::string_view text)
{
    if (text.size() >= 2 && text.front() == '"' && text.back() == '"') return text.substr(1, text.size() - 2);
    return text;
}

std::vector<Line> lines_of(std::string_view text)
{
    std::vector<Line> lines;
    for (std::size_t number = 1; !text.empty(); ++number) {
        const auto end = std::min(text.find('\n'), text.size());
        auto line = text.substr(0, end);
        text.remove_prefix(std::min(end + 1, text.size()));
        bool quoted = false;
        for (std::size_t i = 0; i < line.size(); ++i) { // a comment begins with # after white space
            if (line[i] == '"') quoted = !quoted;
            if (line[i] == '#' && !quoted && (i == 0 || line[i - 1] == ' ' || line[i - 1] == '\t')) line = line.substr(0, i);
        }
        line = trimmed(line);
        if (line.empty()) continue;
        const auto equals = std::min(line.find('='), line.size());
        lines.push_back({number, trimmed(line.substr(0, equals)), trimmed(line.substr(std::min(equals + 1, line.size()))), line});
    }
    return lines;
}

class DnsmasqImport {
public:
    tl::expected<ConfigImport, Problem> run(std::string_view text)
    {
        const auto lines = lines_of(text);
        config_.probe.enabled = true; // dnsmasq pings by itself
        // What sets tags, then ranges, then hosts in them, then what goes to any of these.
        for (const int pass : {0, 1, 2, 3}) {
            for (const auto& line : lines)
                if (pass_of(line.key) == pass) take(line);
        }
        auto notes = notes_.take();
        std::ranges::stable_sort(notes, {}, &NotCarried::line);
        return ConfigImport{std::move(config_), std::move(notes)};
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
        struct Reason {
            std::string_view prefix, why;
        };
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
        const auto* const reason =
            std::ranges::find_if(kReasons, [&](const Reason& r) { return line.key.starts_with(r.prefix); });
        drop(line, std::string{reason->why});
    }

    // ---- tags -----------------------------------------------------------------------------------------------------------------------

    /// Takes "tag:x", "set:x" (and the older "net:x") off the front.
    struct Tags {
        std::vector<std::string> asked, set;
    };
    static Tags tags_of(Fields& fields)
    {
        Tags tags;
        const auto is_tag = [&](std::string_view f) {
            const auto colon = f.find(':');
            const auto kind = f.substr(0, std::min(colon, f.size()));
            if (colon == std::string_view::npos || (kind != "tag" && kind != "set" && kind != "net")) return false;
            (kind == "tag" ? tags.asked : tags.set).emplace_back(f.substr(colon + 1));
            return true;
        };
        std::erase_if(fields, is_tag);
        return tags;
    }

    ClientClass* class_named(std::string_view name)
    {
        const auto at = std::ranges::find(config_.classes, name, &ClientClass::name);
        return at == config_.classes.end() ? nullptr : &*at;
    }

    void add_test(const Line& line, const std::string& tag, ClassTest test)
    {
        auto* there = class_named(tag);
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
        if (auto* c = class_named(asked[0])) return {&c->options};
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
        const auto tags = tags_of(fields);
        if (tags.set.size() != 1 || fields.size() != 1) return drop(line, "is not set:TAG,TEXT");
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
        const auto tags = tags_of(fields);
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
        const auto tags = tags_of(fields);
        if (tags.set.size() != 1 || fields.size() != 1) return drop(line, "is not set:TAG,ID");
        const auto octets = wire::from_hex(fields[0]);
        const auto bytes = octets ? std::as_bytes(std::span{*octets}) : std::span<const std::byte>{};
        auto data = octets ? std::vector<std::byte>(bytes.begin(), bytes.end()) : bytes_of(unquoted(fields[0]));
        add_test(line, tags.set[0], {S, 0, std::move(data), false, {}});
    }

    void take_match(const Line& line)
    {
        auto fields = split(line.value, ',');
        const auto tags = tags_of(fields);
        const auto code = fields.empty() ? std::nullopt : option_code(fields[0]);
        if (tags.set.size() != 1 || !code) return drop(line, "does not match an option that we know");
        ClassTest test{Subject::option, *code, {}, false, {}};
        if (fields.size() > 1) {
            std::string why;
            auto data = option_data(*code, std::span{fields}.subspan(1), why);
            if (!data) return drop(line, why);
            test.data = std::move(*data);
            test.prefix = true;
        }
        add_test(line, tags.set[0], std::move(test));
    }

    void take_ignore(const Line& line)
    {
        auto fields = split(line.value, ',');
        const auto tags = tags_of(fields);
        auto* const denied = tags.asked.size() == 1 ? class_named(tags.asked[0]) : nullptr;
        if (denied == nullptr) return drop(line, "ignores clients by tags that are not one class");
        denied->deny = true;
    }

    // ---- ranges and hosts -----------------------------------------------------------------------------------------------------------

    void take_range(const Line& line)
    {
        auto fields = split(line.value, ',');
        const auto tags = tags_of(fields);
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
                time = lease_time(field);
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
        if (tags.asked.size() == 1 && class_named(tags.asked[0]) != nullptr)
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
        const auto tags = tags_of(fields);
        Reservation host;
        std::optional<Ipv4Address> address;
        bool ignored = false;
        for (const auto field : fields) {
            if (const auto a = Ipv4Address::parse(field))
                address = *a;
            else if (field == "ignore")
                ignored = true;
            else if (field.starts_with("id:"))
                host.client_id = identifier(field.substr(3));
            else if (const auto hardware = hardware_field(field))
                take_hardware(line, host, *hardware);
            else if (lease_time(field) && field != fields[0])
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

    static std::optional<HardwareAddress> hardware_field(std::string_view field)
    {
        if (field.size() > 3 && field[2] == '-' && field.find(':') != std::string_view::npos) { // 20-aa:bb:…
            const auto type = wire::from_hex(field.substr(0, 2));
            return type ? hardware_of((*type)[0], field.substr(3)) : std::nullopt;
        }
        const auto mac = MacAddress::parse(field);
        return mac ? std::optional{HardwareAddress::of(*mac)} : std::nullopt;
    }

    static std::vector<std::uint8_t> identifier(std::string_view text)
    {
        if (text == "*") return {};
        const auto hex = text.find(':') == std::string_view::npos ? std::nullopt : wire::from_hex(text);
        return hex ? *hex : std::vector<std::uint8_t>(text.begin(), text.end());
    }

    void ignore_host(const Line& line, const Reservation& host)
    {
        if (!host.hardware) return drop(line, "ignores a client without a MAC address");
        const auto bytes = std::as_bytes(host.hardware->bytes());
        ClassTest test{Subject::hardware, 0, {bytes.begin(), bytes.end()}, false, {}};
        if (auto* there = class_named("ignored")) {
            there->tests.front().alternatives.push_back(std::move(test.data));
        } else {
            config_.classes.push_back({"ignored", {std::move(test)}, true, {}, std::nullopt});
        }
    }

    // ---- options --------------------------------------------------------------------------------------------------------------------

    static std::optional<std::uint8_t> option_code(std::string_view text)
    {
        if (text.starts_with("option:")) return dnsmasq_option_named(text.substr(7));
        const auto code = decimal(text);
        return code && *code > 0 && *code < 255 ? std::optional{static_cast<std::uint8_t>(*code)} : std::nullopt;
    }

    static std::optional<std::vector<std::byte>> option_data(std::uint8_t code, std::span<const std::string_view> values,
                                                             std::string& why)
    {
        using F = wire::OptionFormat;
        if (std::ranges::find(values, "0.0.0.0") != values.end() && code != wire::option::classless_routes) {
            why = "0.0.0.0 stands for the server's own address: write that";
            return std::nullopt;
        }
        std::vector<std::string> words;
        for (const auto value : values)
            words.emplace_back(unquoted(value));
        auto format = wire::option_info(code).format;
        if (format == F::routes || format == F::address_pairs) {
            std::vector<std::string> pairs;
            for (std::size_t i = 0; i + 1 < words.size(); i += 2)
                pairs.push_back(words[i] + " via " + words[i + 1]);
            words = std::move(pairs);
        }
        if (format == F::text && words.size() > 1) words = {fmt::format("{}", fmt::join(words, ","))};
        if (auto data = wire::words_to_data(code, format, words)) return *data;
        // dnsmasq guesses the type of what it does not know: addresses, then numbers, then hex, then text.
        for (const auto guess : {F::addresses, F::opaque}) {
            if (auto data = wire::words_to_data(code, guess, words)) return *data;
        }
        if (format == F::opaque && words.size() == 1 && !words[0].empty()) return bytes_of(words[0]);
        why = fmt::format("is not {}", wire::words_expected(format));
        return std::nullopt;
    }

    template <bool Force> void take_option(const Line& line)
    {
        auto fields = split(line.value, ',');
        const auto tags = tags_of(fields);
        if (fields.empty()) return drop(line, "names no option");
        if (fields[0].starts_with("option6:")) return drop(line, "is about IPv6");
        const auto code = option_code(fields[0]);
        if (!code) return drop(line, "is an option within another, or one that we do not know by this name");
        if (fields.size() == 1) return drop(line, "orders that an option is not sent; leave it out of the configuration instead");
        std::string why;
        const auto data = option_data(*code, std::span{fields}.subspan(1), why);
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
        const auto tags = tags_of(fields);
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
    std::int64_t budget_ = 64 << 20; ///< what options repeated for many hosts may take
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
