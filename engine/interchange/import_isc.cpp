// SPDX-License-Identifier: GPL-3.0-or-later
// dhcpd.conf(5). Its scopes nest (group, shared-network, subnet, pool); ours are four levels: what a scope of theirs says and ours does
// not have is repeated in each subnet or reservation within it.
#include "engine/interchange/class_condition.h"
#include "engine/interchange/import_notes.h"
#include "engine/interchange/isc_syntax.h"
#include "engine/interchange/option_names.h"
#include "engine/wire/message.h"
#include "engine/wire/option_words.h"

#include <algorithm>
#include <fmt/format.h>
#include <map>

namespace dorascope::interchange {
namespace {

using server::ClassTest;
using server::ClientClass;
using server::Config;
using server::OptionSettings;
using server::Reservation;
using server::Subnet;
using Tokens = std::span<const IscToken>;

/// What a scope is; a statement may mean something in some of them only.
enum Block : std::uint8_t { kTop = 1, kGroup = 2, kNetwork = 4, kSubnet = 8, kPool = 16, kHost = 32, kClass = 64, kAny = 127 };

/// What holds in a scope for what lies within it.
struct Scope {
    Block block = kTop;
    OptionSettings options; ///< of scopes between ours: groups and shared networks
    std::optional<std::uint32_t> lease, least, most;
    std::string shared_network;
    OptionSettings* target = nullptr; ///< where an option statement of this scope goes; nothing: into `options`
    Subnet* subnet = nullptr;
    Reservation* host = nullptr;
    std::optional<std::size_t> client_class;
    bool times_of_group = false; ///< a subnet heeds them, a host cannot
    bool refused = false; ///< "deny booting" of a host or the group around it
};

/// "option foo code 150 = array of ip-address"
struct Definition {
    std::uint8_t code;
    wire::OptionFormat format;
};

std::string joined(Tokens tokens)
{
    std::string text;
    for (const auto& token : tokens)
        text += (text.empty() ? "" : " ") + token.text;
    return text;
}

/// The pieces between commas, the tokens of a piece joined with blanks.
std::vector<std::string> words_of(Tokens tokens)
{
    std::vector<std::string> words;
    while (!tokens.empty()) {
        const auto comma = std::ranges::find_if(tokens, [](const IscToken& t) { return t.is(","); });
        const auto count = static_cast<std::size_t>(comma - tokens.begin());
        words.push_back(joined(tokens.first(count)));
        tokens = tokens.subspan(std::min(count + 1, tokens.size()));
    }
    return words;
}

constexpr std::string_view kWholeServer = "holds for the whole server here: say it outside of every block";

class IscImport {
public:
    tl::expected<ConfigImport, Problem> run(std::string_view text)
    {
        const auto statements = parse_isc(text);
        if (!statements) return tl::unexpected{statements.error()};
        config_.subnets.reserve(kMostSubnets); // scopes point into it
        config_.probe.enabled = true; // ping-check is on by itself
        Scope global;
        global.target = &config_.options;
        walk(*statements, global);
        for (const auto& subclass : subclasses_)
            place_subclass(subclass);
        decide_bootp();
        for (auto& pending : hosts_)
            place(pending);
        drop_empty();
        auto notes = notes_.take();
        std::ranges::stable_sort(notes, {}, &NotCarried::line);
        return ConfigImport{std::move(config_), std::move(notes)};
    }

private:
    struct Row {
        std::string_view name;
        void (IscImport::*take)(const IscStatement&, Scope&);
        std::uint8_t within = kAny; ///< the scopes in which it is heeded …
        std::string_view elsewhere = {}; ///< … and what is said of it in others
    };
    static std::span<const Row> rows();
    struct Host {
        Reservation reservation;
        std::size_t line;
        std::string text;
    };

    void drop(const IscStatement& s, std::string why) { notes_.add(s.line, s.text(), std::move(why)); }

    void walk(const std::vector<IscStatement>& statements, Scope& scope)
    {
        // Blocks after the plain statements of their scope, which hold in them wherever they stand.
        for (const bool blocks : {false, true}) {
            for (const auto& s : statements) {
                if (s.has_block != blocks) continue;
                const auto all = rows();
                const auto row = std::ranges::find_if(all, [&](const Row& r) { return s.begins(r.name); });
                if (row != all.end() && (row->within & scope.block) == 0)
                    drop(s, std::string{row->elsewhere});
                else if (row != all.end())
                    (this->*row->take)(s, scope);
                else if (blocks)
                    drop(s, "has no equivalent here");
                else
                    drop_plain(s);
            }
        }
    }

    void drop_plain(const IscStatement& s)
    {
        struct Reason {
            std::string_view prefix, why;
        };
        static constexpr Reason kReasons[] = {{"ddns-", "DoraScope updates no DNS"},
                                              {"update-", "DoraScope updates no DNS"},
                                              {"key", "DoraScope updates no DNS"},
                                              {"zone", "DoraScope updates no DNS"},
                                              {"log-facility", "is about the log of dhcpd"},
                                              {"lease-file-name", "is about the files of dhcpd"},
                                              {"pid-file-name", "is about the files of dhcpd"},
                                              {"include", "names another file: import that too"},
                                              {"failover", "there is no failover here"},
                                              {"omapi-", "is about dhcpd's own control"}};
        const auto* const reason =
            std::ranges::find_if(kReasons, [&](const Reason& r) { return s.word(0).starts_with(r.prefix); });
        drop(s, reason == std::end(kReasons) ? "has no equivalent here" : std::string{reason->why});
    }

    bool afford(std::size_t octets)
    {
        budget_ -= static_cast<std::int64_t>(octets) + 64;
        return budget_ >= 0;
    }
    OptionSettings& options_of(Scope& scope) { return scope.target != nullptr ? *scope.target : scope.options; }

    // ---- scopes ---------------------------------------------------------------------------------------------------------------------

    /// The scope within, which begins with what holds around it.
    bool inner(const IscStatement& s, const Scope& outer, Scope& scope, Block block)
    {
        if (!afford(size_of(outer.options))) {
            drop(s, "is too much to repeat for each");
            return false;
        }
        scope = outer;
        scope.block = block;
        scope.target = nullptr;
        return true;
    }

    void take_group(const IscStatement& s, Scope& outer)
    {
        Scope scope;
        if (!inner(s, outer, scope, kGroup)) return;
        walk(s.block, scope);
    }

    void take_shared_network(const IscStatement& s, Scope& outer)
    {
        Scope scope;
        if (!inner(s, outer, scope, kNetwork)) return;
        scope.shared_network = std::string{s.word(1)};
        walk(s.block, scope);
    }

    void take_subnet(const IscStatement& s, Scope& outer)
    {
        const auto network = Ipv4Address::parse(s.word(1)), mask = Ipv4Address::parse(s.word(3));
        const auto length = mask ? prefix_length(*mask) : std::nullopt;
        if (!network || !length) return drop(s, "is no subnet");
        if (config_.subnets.size() == kMostSubnets) return drop(s, "is one subnet too many");
        Scope scope;
        if (!inner(s, outer, scope, kSubnet)) return;
        auto& subnet = config_.subnets.emplace_back();
        subnet.prefix = Ipv4Prefix::of(*network, *length);
        subnet.shared_network = outer.shared_network;
        scope.subnet = &subnet;
        scope.target = &subnet.options;
        scope.times_of_group = false;
        walk(s.block, scope);
        inherit(subnet.options, outer.options);
        set_times(subnet, scope);
        if (subnet.pools.empty()) empty_.push_back({subnet.prefix, s.line, s.text()});
    }

    /// dhcpd names subnets that it does not serve; here one without an address to give is a mistake.
    void drop_empty()
    {
        for (const auto& empty : empty_) {
            const auto gone = std::erase_if(config_.subnets, [&](const Subnet& subnet) {
                return subnet.prefix == empty.prefix && subnet.pools.empty() && subnet.reservations.empty();
            });
            if (gone > 0) notes_.add(empty.line, empty.text, "has neither a range nor a host");
        }
    }

    static void set_times(Subnet& subnet, const Scope& scope)
    {
        subnet.lease_seconds = scope.lease.value_or(43200); // dhcpd's own
        subnet.max_lease_seconds = std::max(scope.most.value_or(86400), subnet.lease_seconds);
        subnet.min_lease_seconds = std::min(scope.least.value_or(300), subnet.lease_seconds);
    }

    void take_pool(const IscStatement& s, Scope& outer)
    {
        if (outer.subnet == nullptr) return drop(s, "a pool of a shared network has no subnet: put it into one");
        Scope scope;
        if (!inner(s, outer, scope, kPool)) return;
        scope.subnet = outer.subnet;
        const auto first = outer.subnet->pools.size();
        walk(s.block, scope);
        const auto of = class_of_pool(s);
        for (auto i = first; i < outer.subnet->pools.size(); ++i)
            outer.subnet->pools[i].client_class = of;
        if (scope.options != outer.options) drop(s, "options of a pool have no equivalent: give them to a class");
    }

    /// "allow members of": the first.
    std::string class_of_pool(const IscStatement& pool)
    {
        std::string of;
        for (const auto& s : pool.block) {
            if (!s.begins("allow") || s.word(1) != "members") continue;
            if (of.empty())
                of = std::string{s.word(3)};
            else
                drop(s, fmt::format("a pool is of one class here, {}", shortened(of, 40)));
        }
        for (const auto& s : pool.block)
            if (!of.empty() && s.begins("allow") && s.word(1).starts_with("unknown"))
                drop(s, fmt::format("a pool is of one class here, {}", shortened(of, 40)));
        return of;
    }

    void take_range(const IscStatement& s, Scope& scope)
    {
        const bool bootp = s.word(1) == "dynamic-bootp";
        const std::size_t at = bootp ? 2 : 1;
        const auto first = Ipv4Address::parse(s.word(at));
        const auto last = s.tokens.size() > at + 1 ? Ipv4Address::parse(s.word(at + 1)) : first;
        if (scope.subnet == nullptr || !first || !last) return drop(s, "is no range of a subnet");
        scope.subnet->pools.emplace_back(Ipv4Range{*first, *last});
        if (!bootp)
            plain_ranges_ = true;
        else if (!bootp_range_)
            bootp_range_ = s;
    }

    void take_permission(const IscStatement& s, Scope& scope)
    {
        const bool allowed = s.begins("allow");
        const auto what = s.word(1);
        if (what == "booting") return take_booting(s, scope, allowed);
        if (what == "bootp" && scope.block == kTop) return void(bootp_ = s);
        if (what == "bootp") return drop(s, std::string{kWholeServer});
        if (allowed && what == "members" && scope.block == kPool) return; // class_of_pool()
        if (allowed && (what == "unknown-clients" || what == "unknown")) return; // they are, unless somebody says otherwise
        drop(s, "has no equivalent here: a class with deny = true, or a pool of a class");
    }

    /// dhcpd.conf(5): "only has meaning when it appears in a host declaration"; dhcpd heeds it in a class too.
    void take_booting(const IscStatement& s, Scope& scope, bool allowed)
    {
        if (scope.block == kHost || scope.block == kGroup)
            scope.refused = !allowed;
        else if (scope.block == kClass)
            config_.classes[*scope.client_class].deny = !allowed;
        else if (!allowed)
            drop(s, "means hosts and classes only: deny those, or do not serve");
    }

    /// dhcpd gives BOOTP clients addresses of ranges that are marked for them, and they are answered unless that is denied.
    void decide_bootp()
    {
        config_.bootp = bootp_ ? bootp_->begins("allow") : bootp_range_.has_value();
        if (config_.bootp && plain_ranges_)
            drop(bootp_ ? *bootp_ : *bootp_range_,
                 "BOOTP clients are given addresses of every range here, not only of those marked dynamic-bootp");
    }

    // ---- hosts ----------------------------------------------------------------------------------------------------------------------

    void take_host(const IscStatement& s, Scope& outer)
    {
        Scope scope;
        if (!inner(s, outer, scope, kHost)) return;
        Reservation host;
        scope.host = &host;
        scope.target = &host.options;
        walk(s.block, scope);
        inherit(host.options, outer.options);
        if (scope.refused) return refuse(s, host);
        if (host.address == kAnyAddress) return drop(s, "sets no address aside");
        if (!known_by_one(s, host)) return drop(s, "names no client");
        if (scope.times_of_group) drop(s, "the lease times of its group have no equivalent: those of its subnet hold");
        hosts_.push_back({std::move(host), s.line, s.text()});
    }

    /// dhcpd knows a host by any of these; here it is known by the first that it has.
    bool known_by_one(const IscStatement& s, Reservation& host)
    {
        const bool relay = !host.circuit_id.empty() || !host.remote_id.empty();
        const bool has[] = {!host.client_id.empty(), host.hardware.has_value(), relay, !host.client_hostname.empty()};
        static constexpr std::string_view kNames[] = {"client identifier", "MAC address", "relay's word", "name"};
        const auto* const first = std::ranges::find(has, true);
        if (first == std::end(has)) return false;
        if (std::count(std::begin(has), std::end(has), true) > 1)
            drop(s, fmt::format("is known by its {} alone here, not by the rest too", kNames[first - std::begin(has)]));
        if (has[0]) host.hardware.reset();
        if (has[0] || has[1]) host.circuit_id.clear(), host.remote_id.clear();
        if (has[0] || has[1] || relay) host.client_hostname.clear();
        return true;
    }

    /// A host that may not boot becomes a member of a class that is denied, by everything that dhcpd would know it by.
    void refuse(const IscStatement& s, const Reservation& host)
    {
        using Subject = ClassTest::Subject;
        struct Sign {
            Subject subject;
            std::uint8_t code;
            std::span<const std::byte> data;
        };
        const Sign signs[] = {
            {Subject::hardware, 0, host.hardware ? std::as_bytes(host.hardware->bytes()) : std::span<const std::byte>{}},
            {Subject::option, wire::option::client_identifier, std::as_bytes(std::span{host.client_id})},
            {Subject::option, wire::option::host_name, std::as_bytes(std::span{host.client_hostname})},
            {Subject::circuit_id, 0, std::as_bytes(std::span{host.circuit_id})},
            {Subject::remote_id, 0, std::as_bytes(std::span{host.remote_id})}};
        bool any = false;
        for (const auto& sign : signs) {
            if (sign.data.empty()) continue;
            any = true;
            if (!deny({sign.subject, sign.code, {sign.data.begin(), sign.data.end()}, false, {}}))
                drop(s, "is to be refused, and is one class too many");
        }
        if (!any) drop(s, "names no client");
    }

    /// One class for all that are told by the same thing.
    bool deny(ClassTest test)
    {
        const auto alike = [&](std::size_t i) {
            const auto& there = config_.classes[i].tests.front();
            return there.subject == test.subject && there.code == test.code;
        };
        const auto at = std::ranges::find_if(denying_, alike);
        if (at != denying_.end()) {
            config_.classes[*at].tests.front().alternatives.push_back(std::move(test.data));
            return true;
        }
        if (config_.classes.size() == kMostClasses) return false;
        std::string name = "refused hosts";
        for (int i = 2; class_named(name); ++i)
            name = fmt::format("refused hosts {}", i);
        denying_.push_back(config_.classes.size());
        config_.classes.push_back({std::move(name), {std::move(test)}, true, {}, std::nullopt});
        return true;
    }

    void place(Host& host)
    {
        const auto subnet = std::ranges::find_if(
            config_.subnets, [&](const Subnet& candidate) { return candidate.prefix.contains(host.reservation.address); });
        if (subnet == config_.subnets.end()) return notes_.add(host.line, host.text, "its address lies in no subnet of the file");
        subnet->reservations.push_back(std::move(host.reservation));
    }

    void take_hardware(const IscStatement& s, Scope& scope)
    {
        if (scope.host == nullptr) return drop(s, "stands in no host");
        std::string hex;
        for (const auto octet : split(s.word(2), ':'))
            hex += (octet.size() == 1 ? "0" : "") + std::string{octet};
        const auto type = s.word(1) == "ethernet" ? 1 : s.word(1) == "token-ring" ? 6 : s.word(1) == "infiniband" ? 32 : 0;
        const auto hardware = hardware_of(static_cast<std::uint8_t>(type), hex);
        if (type == 0 || !hardware) return drop(s, "is hardware that we do not know");
        scope.host->hardware = *hardware;
    }

    void take_fixed_address(const IscStatement& s, Scope& scope)
    {
        const auto words = words_of(Tokens{s.tokens}.subspan(1));
        const auto address = words.empty() ? std::nullopt : Ipv4Address::parse(words[0]);
        if (scope.host == nullptr || !address) return drop(s, "is no address of a host; a name has no equivalent here");
        scope.host->address = *address;
        if (words.size() > 1) drop(s, "has several addresses: the first is taken");
    }

    void take_host_identifier(const IscStatement& s, Scope& scope)
    {
        const auto name = s.word(2);
        const auto data = s.tokens.size() == 4 ? isc_literal(s.tokens[3], {}) : std::nullopt;
        if (scope.host == nullptr || !data) return drop(s, "identifies no host in a way that we know");
        const auto* const octets = reinterpret_cast<const std::uint8_t*>(data->data());
        const std::vector<std::uint8_t> value(octets, octets + data->size());
        if (name == "agent.circuit-id")
            scope.host->circuit_id = value;
        else if (name == "agent.remote-id")
            scope.host->remote_id = value;
        else if (name == "dhcp-client-identifier")
            scope.host->client_id = value;
        else if (name == "host-name")
            scope.host->client_hostname = std::string(value.begin(), value.end());
        else
            drop(s, "identifies a host by an option that has no equivalent here");
    }

    // ---- classes --------------------------------------------------------------------------------------------------------------------

    std::optional<std::size_t> class_named(std::string_view name)
    {
        const auto at = std::ranges::find(config_.classes, name, &ClientClass::name);
        if (at == config_.classes.end()) return std::nullopt;
        return static_cast<std::size_t>(at - config_.classes.begin());
    }

    void take_class(const IscStatement& s, Scope& outer)
    {
        if (config_.classes.size() == kMostClasses) return drop(s, "is one class too many");
        Scope scope;
        if (!inner(s, outer, scope, kClass)) return;
        const auto index = config_.classes.size();
        config_.classes.push_back({std::string{s.word(1)}, {}, false, {}, std::nullopt});
        OptionSettings options;
        scope.target = &options;
        scope.client_class = index;
        scope.lease.reset();
        walk(s.block, scope);
        config_.classes[index].options = std::move(options);
        config_.classes[index].lease_seconds = scope.lease;
    }

    /// "match if CONDITION", or "match TERM" for subclasses.
    void take_match(const IscStatement& s, Scope& scope)
    {
        if (!scope.client_class) return drop(s, "stands in no class");
        auto& target = config_.classes[*scope.client_class];
        if (s.word(1) == "if") {
            auto tests = isc_condition(Tokens{s.tokens}.subspan(2));
            if (!tests) return drop(s, "is a condition that has no equivalent here; write the class by hand");
            target.tests.insert(target.tests.end(), tests->begin(), tests->end());
            return;
        }
        std::size_t at = 1;
        const auto term = isc_term(s.tokens, at);
        if (!term || at != s.tokens.size()) return drop(s, "matches something that has no equivalent here");
        subclassed_.emplace(target.name, *term);
    }

    /// Plain statements are read before blocks, and the class is one.
    void take_subclass(const IscStatement& s, Scope&) { subclasses_.push_back(s); }

    void place_subclass(const IscStatement& s)
    {
        const auto index = class_named(s.word(1));
        const auto term = subclassed_.find(std::string{s.word(1)});
        if (!index || term == subclassed_.end() || s.tokens.size() < 3) return drop(s, "belongs to no class that we know");
        auto data = isc_literal(s.tokens[2], term->second);
        if (!data) return drop(s, "is data that has no equivalent here");
        if (s.has_block) drop(s, "options of a subclass have no equivalent: its data is taken");
        auto& tests = config_.classes[*index].tests;
        if (tests.empty()) {
            tests.push_back(term->second.test);
            tests.back().data = std::move(*data);
        } else {
            tests.front().alternatives.push_back(std::move(*data));
        }
    }

    // ---- options --------------------------------------------------------------------------------------------------------------------

    void take_option(const IscStatement& s, Scope& scope)
    {
        const auto name = s.word(1);
        if (name == "space" || (s.tokens.size() > 2 && s.tokens[2].is("code"))) return define(s);
        if (s.tokens.size() < 3) return drop(s, "has no value");
        const Tokens values = Tokens{s.tokens}.subspan(2);
        if (name == "dhcp-client-identifier" && scope.host != nullptr) {
            const auto id = isc_literal(values[0], {});
            if (!id || id->size() > 255) return drop(s, "is no identifier");
            const auto* const octets = reinterpret_cast<const std::uint8_t*>(id->data());
            scope.host->client_id.assign(octets, octets + id->size());
            return;
        }
        if (name == "host-name" && scope.host != nullptr) {
            scope.host->hostname = values[0].text;
            return;
        }
        const auto defined = definitions_.find(std::string{name});
        auto code = isc_option_named(name);
        if (!code && name.starts_with("option-"))
            if (const auto number = decimal(name.substr(7)); number && *number > 0 && *number < 255)
                code = static_cast<std::uint8_t>(*number);
        if (defined != definitions_.end()) code = defined->second.code;
        if (!code) return drop(s, "is an option that we do not know by this name");
        if (*code == wire::option::subnet_mask || *code == wire::option::broadcast_address)
            return check_of_subnet(s, *code, scope);
        auto data =
            option_data(*code, defined != definitions_.end() ? defined->second.format : wire::option_info(*code).format, values);
        if (!data) return drop(s, "has a value that does not fit the option; a host's name has no equivalent");
        if (!set_option(options_of(scope), *code, std::move(*data))) drop(s, "has a value that does not fit the option");
    }

    /// The mask and the broadcast address follow from the prefix here.
    void check_of_subnet(const IscStatement& s, std::uint8_t code, const Scope& scope)
    {
        const auto said = Ipv4Address::parse(s.word(2));
        if (scope.subnet != nullptr) {
            const auto& prefix = scope.subnet->prefix;
            if (said == (code == wire::option::subnet_mask ? prefix.mask() : prefix.broadcast())) return;
        }
        drop(s, "follows from the prefix of each subnet here");
    }

    static std::optional<std::vector<std::byte>> option_data(std::uint8_t code, wire::OptionFormat format, Tokens values)
    {
        const auto words = words_of(values);
        if (auto data = wire::words_to_data(code, format, words)) return *data;
        if (values.size() == 1) return isc_literal(values[0], {});
        // Numbers of an octet each: how dhcpd writes what it does not know, routes above all.
        std::vector<std::byte> octets;
        for (const auto& word : words) {
            const auto number = decimal(word);
            if (!number || *number > 255) return std::nullopt;
            octets.push_back(static_cast<std::byte>(*number));
        }
        return octets;
    }

    /// "option NAME code N = TYPE"
    void define(const IscStatement& s)
    {
        struct Type {
            std::string_view name;
            wire::OptionFormat format;
        };
        using F = wire::OptionFormat;
        static constexpr Type kTypes[] = {{"ip-address", F::address},
                                          {"array of ip-address", F::addresses},
                                          {"text", F::text},
                                          {"string", F::opaque},
                                          {"boolean", F::flag},
                                          {"unsigned integer 8", F::u8},
                                          {"integer 8", F::u8},
                                          {"unsigned integer 16", F::u16},
                                          {"integer 16", F::u16},
                                          {"unsigned integer 32", F::u32},
                                          {"integer 32", F::i32},
                                          {"array of unsigned integer 16", F::u16s},
                                          {"array of integer 16", F::u16s},
                                          {"array of unsigned integer 8", F::codes},
                                          {"array of integer 8", F::codes},
                                          {"domain-list", F::domains},
                                          {"domain-name", F::domain}};
        const auto code = decimal(s.word(3));
        const auto text = s.tokens.size() > 5 ? joined(Tokens{s.tokens}.subspan(5)) : std::string{};
        const auto* const type = std::ranges::find(kTypes, text, &Type::name);
        const bool within = s.word(1).find('.') != std::string_view::npos;
        if (s.word(1) == "space" || within) return drop(s, "options within options: write option 43 by hand");
        if (!code || *code == 0 || *code > 254 || type == std::end(kTypes))
            return drop(s, "is a definition of a type that we do not know");
        definitions_[std::string{s.word(1)}] = {static_cast<std::uint8_t>(*code), type->format};
    }

    // ---- plain statements -----------------------------------------------------------------------------------------------------------

    template <auto Member> void take_seconds(const IscStatement& s, Scope& scope)
    {
        const auto seconds = s.word(1) == "infinite" ? kInfiniteSeconds : decimal(s.word(1));
        if (!seconds || *seconds > kInfiniteSeconds) return drop(s, "is no number of seconds");
        if (scope.block == kGroup && scope.subnet != nullptr) return drop(s, "a group within a subnet has no lease times here");
        scope.*Member = static_cast<std::uint32_t>(*seconds);
        scope.times_of_group |= scope.block == kGroup;
    }
    void take_next_server(const IscStatement& s, Scope& scope)
    {
        const auto address = Ipv4Address::parse(s.word(1));
        if (!address) return drop(s, "is no address; a name has no equivalent here");
        options_of(scope).next_server = *address;
    }
    void take_filename(const IscStatement& s, Scope& scope) { options_of(scope).boot_file = std::string{s.word(1)}; }
    void take_server_name(const IscStatement& s, Scope& scope) { options_of(scope).server_name = std::string{s.word(1)}; }
    void take_authoritative(const IscStatement&, Scope&) { config_.authority = server::Authority::authoritative; }
    void take_not(const IscStatement& s, Scope&)
    {
        if (s.word(1) != "authoritative") return drop(s, "has no equivalent here");
        config_.authority = server::Authority::normal;
    }
    void take_ping_check(const IscStatement& s, Scope&) { config_.probe.enabled = s.word(1) != "false" && s.word(1) != "off"; }
    void take_ping_timeout(const IscStatement& s, Scope&)
    {
        const auto seconds = decimal(s.word(1));
        if (!seconds || *seconds == 0 || *seconds > 10) return drop(s, "is not 1 to 10 seconds");
        config_.probe.timeout = std::chrono::seconds{*seconds};
    }
    void take_abandon_time(const IscStatement& s, Scope&)
    {
        const auto seconds = decimal(s.word(1));
        if (!seconds || *seconds > 1'000'000'000) return drop(s, "is no number of seconds");
        config_.decline_quarantine = std::chrono::seconds{*seconds};
    }

    struct Empty {
        Ipv4Prefix prefix;
        std::size_t line;
        std::string text;
    };
    Config config_;
    Notes notes_;
    std::vector<Host> hosts_;
    std::vector<Empty> empty_;
    std::vector<IscStatement> subclasses_;
    std::vector<std::size_t> denying_; ///< the classes of hosts that may not boot
    std::optional<IscStatement> bootp_, bootp_range_; ///< "allow bootp" or its opposite; the first range for BOOTP
    bool plain_ranges_ = false; ///< there are ranges that dhcpd keeps from BOOTP clients
    std::map<std::string, Definition> definitions_;
    std::map<std::string, Compared> subclassed_;
    std::int64_t budget_ = 64 << 20; ///< what options repeated in inner scopes may take
};

std::span<const IscImport::Row> IscImport::rows()
{
    using I = IscImport;
    constexpr std::string_view kTime = "is a lease time of a pool or a host, which have none here: give it to a class";
    constexpr std::string_view kBound = "is a bound of a pool, a host or a class, which have none here";
    constexpr std::uint8_t kTimed = kTop | kGroup | kNetwork | kSubnet;
    static constexpr Row kRows[] = {{"option", &I::take_option},
                                    {"subnet", &I::take_subnet},
                                    {"shared-network", &I::take_shared_network},
                                    {"group", &I::take_group},
                                    {"pool", &I::take_pool},
                                    {"range", &I::take_range},
                                    {"allow", &I::take_permission},
                                    {"deny", &I::take_permission},
                                    {"ignore", &I::take_permission},
                                    {"host", &I::take_host},
                                    {"hardware", &I::take_hardware},
                                    {"fixed-address", &I::take_fixed_address},
                                    {"host-identifier", &I::take_host_identifier},
                                    {"class", &I::take_class},
                                    {"match", &I::take_match},
                                    {"subclass", &I::take_subclass},
                                    {"default-lease-time", &I::take_seconds<&Scope::lease>, kTimed | kClass, kTime},
                                    {"min-lease-time", &I::take_seconds<&Scope::least>, kTimed, kBound},
                                    {"max-lease-time", &I::take_seconds<&Scope::most>, kTimed, kBound},
                                    {"next-server", &I::take_next_server},
                                    {"filename", &I::take_filename},
                                    {"server-name", &I::take_server_name},
                                    {"authoritative", &I::take_authoritative, kTop, kWholeServer},
                                    {"not", &I::take_not, kTop, kWholeServer},
                                    {"ping-check", &I::take_ping_check, kTop, kWholeServer},
                                    {"ping-timeout", &I::take_ping_timeout, kTop, kWholeServer},
                                    {"abandon-lease-time", &I::take_abandon_time, kTop, kWholeServer}};
    return kRows;
}

} // namespace

tl::expected<ConfigImport, Problem> import_isc(std::string_view text) { return IscImport{}.run(text); }

} // namespace dorascope::interchange
