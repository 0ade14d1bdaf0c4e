// SPDX-License-Identifier: GPL-3.0-or-later
// dhcpd.conf(5). Its scopes nest (group, shared-network, subnet, pool); ours are four levels: what a scope of theirs says and ours does
// not have is repeated in each subnet or reservation within it.
#include "engine/interchange/class_times.h"
#include "engine/interchange/config_formats.h"
#include "engine/interchange/isc_classes.h"
#include "engine/interchange/isc_conditionals.h"
#include "engine/interchange/isc_hosts.h"
#include "engine/interchange/isc_options.h"
#include "engine/interchange/text.h"

#include <algorithm>
#include <fmt/format.h>

namespace dorascope::interchange {
namespace {

using server::Config;
using server::OptionSettings;
using server::Reservation;
using server::Subnet;
using Scope = IscScope;

constexpr std::string_view kKnownAlone =
    "is for clients with a host declaration alone, which has no equivalent here: left out; write a class and give it the pool";
constexpr std::string_view kSomeAlone =
    "is not for everybody, in a way that has no equivalent here: left out; write a class and give it the pool";

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
        classes_.place_subclasses();
        decide_bootp();
        hosts_.place_all();
        conditionals_.place_all();
        drop_empty(); // last: scopes point at subnets
        return ConfigImport{std::move(config_), outcome_.notes.take_sorted()};
    }

private:
    struct Row {
        std::string_view name;
        void (IscImport::*take)(const IscStatement&, Scope&);
        std::uint16_t within = Scope::kDeclared; ///< the scopes in which it is heeded …
        std::string_view elsewhere = "is nothing that dhcpd heeds in a condition"; ///< … and what is said of it in others
    };
    static std::span<const Row> rows();

    void drop(const IscStatement& s, std::string why) { outcome_.drop(s, std::move(why)); }

    void walk(const std::vector<IscStatement>& statements, Scope& scope)
    {
        heed_permissions(statements, scope);
        // Blocks after the plain statements of their scope, which hold in them wherever they stand.
        for (const bool blocks : {false, true}) {
            if (blocks)
                conditionals_.take_all(statements, scope, [this](const auto& block, Scope& inner) { walk(block, inner); });
            for (const auto& s : statements) {
                if (s.has_block != blocks || IscConditionals::is_part(s)) continue;
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
        drop(s, reason_of(s.word(0), kReasons));
    }

    /// A statement that one of the parts deals with.
    template <auto Part, auto Take> void pass_on(const IscStatement& s, Scope& scope) { ((this->*Part).*Take)(s, scope); }

    bool afford(std::size_t octets)
    {
        budget_ -= static_cast<std::int64_t>(octets) + 64;
        return budget_ >= 0;
    }

    // ---- scopes ---------------------------------------------------------------------------------------------------------------------

    /// The scope within, which begins with what holds around it.
    bool inner(const IscStatement& s, const Scope& outer, Scope& scope, Scope::Block block)
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
        if (!inner(s, outer, scope, Scope::kGroup)) return;
        walk(s.block, scope);
    }

    void take_shared_network(const IscStatement& s, Scope& outer)
    {
        Scope scope;
        if (!inner(s, outer, scope, Scope::kNetwork)) return;
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
        if (!inner(s, outer, scope, Scope::kSubnet)) return;
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
            if (gone > 0) outcome_.notes.add(empty.line, empty.text, "has neither a range nor a host");
        }
    }

    /// dhcpd.conf(5) for what is not said. No lease is longer than the most, and then none shorter than the least;
    /// and here none is of no seconds.
    static void set_times(Subnet& subnet, const Scope& scope)
    {
        const auto most = std::max(scope.most.value_or(86400), 1U);
        const auto least = scope.least.value_or(std::min(300U, most));
        subnet.lease_seconds = std::max({std::min(scope.lease.value_or(43200), most), least, 1U});
        subnet.min_lease_seconds = least;
        subnet.max_lease_seconds = std::max(most, least);
    }

    void take_pool(const IscStatement& s, Scope& outer)
    {
        Scope scope;
        if (!inner(s, outer, scope, Scope::kPool)) return;
        scope.subnet = outer.subnet;
        scope.pool_class = class_of_pool(s);
        walk(s.block, scope);
        if (scope.options != outer.options) drop(s, "options of a pool have no equivalent: give them to a class");
    }

    /// dhcpd.conf(5), "Address pools" and "Allow and deny": what is for some clients alone must not be open to everybody here. (Whom a pool
    /// refuses is said, no more: all others would be refused with them.)
    static void heed_permissions(const std::vector<IscStatement>& statements, Scope& scope)
    {
        struct Kept {
            bool in_pools_alone, allowed;
            std::string_view who, why;
        };
        static constexpr Kept kKept[] = {{false, false, "unknown", kKnownAlone},    {true, true, "known", kKnownAlone},
                                         {true, true, "authenticated", kSomeAlone}, {true, false, "unauthenticated", kSomeAlone},
                                         {true, true, "dynamic", kSomeAlone},       {true, true, "after", kSomeAlone},
                                         {true, false, "all", kSomeAlone}};
        for (const auto& s : statements) {
            const bool allowed = s.begins("allow");
            if (!allowed && !s.begins("deny") && !s.begins("ignore")) continue;
            const auto who = s.word(1).substr(0, s.word(1).find('-')); // "unknown-clients", "unknown clients"
            const auto* const row = std::ranges::find_if(kKept, [&](const Kept& k) {
                return k.who == who && k.allowed == allowed && (!k.in_pools_alone || scope.block == Scope::kPool);
            });
            if (row != std::end(kKept)) scope.ranges_lost = row->why;
        }
        const auto lets_all_in = [](const IscStatement& s) {
            return s.begins("allow") && (s.word(1).starts_with("unknown") || s.word(1) == "all");
        };
        if (scope.ranges_lost == kKnownAlone && std::ranges::any_of(statements, lets_all_in)) scope.ranges_lost = {};
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

    /// dhcpd.conf(5), "Declarations": a pool of a shared network is for the subnet that its addresses lie in.
    Subnet* subnet_of_range(Ipv4Address first, const Scope& scope)
    {
        if (scope.subnet != nullptr || scope.shared_network.empty()) return scope.subnet;
        const auto home = std::ranges::find_if(config_.subnets, [&](const Subnet& subnet) {
            return subnet.shared_network == scope.shared_network && subnet.prefix.contains(first);
        });
        return home == config_.subnets.end() ? nullptr : &*home;
    }

    void take_range(const IscStatement& s, Scope& scope)
    {
        const bool bootp = s.word(1) == "dynamic-bootp";
        const std::size_t at = bootp ? 2 : 1;
        const auto first = Ipv4Address::parse(s.word(at));
        const auto last = s.tokens.size() > at + 1 ? Ipv4Address::parse(s.word(at + 1)) : first;
        auto* const subnet = first ? subnet_of_range(*first, scope) : nullptr;
        if (subnet == nullptr || !last) return drop(s, "is no range of a subnet");
        if (!scope.ranges_lost.empty()) return drop(s, std::string{scope.ranges_lost});
        subnet->pools.emplace_back(Ipv4Range{*first, *last}, scope.pool_class);
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
        if (what == "bootp" && scope.block == Scope::kTop) return void(bootp_ = s);
        if (what == "bootp") return drop(s, std::string{kWholeServer});
        if (allowed && what == "members" && scope.block == Scope::kPool) return; // class_of_pool()
        if (!allowed && scope.block == Scope::kPool && (what == "members" || what.starts_with("known")))
            return drop(s, "is not heeded here: these clients can be given addresses of this pool too; give the pool a class");
        // They are, unless somebody says otherwise.
        if (allowed && (what == "unknown-clients" || what == "unknown" || what == "all")) return;
        drop(s, "has no equivalent here: a class with deny = true, or a pool of a class");
    }

    /// dhcpd.conf(5): "only has meaning when it appears in a host declaration"; dhcpd heeds it in a class too.
    void take_booting(const IscStatement& s, Scope& scope, bool allowed)
    {
        if (scope.block == Scope::kHost || scope.block == Scope::kGroup)
            scope.refused = !allowed;
        else if (scope.block == Scope::kClass)
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

    void take_host(const IscStatement& s, Scope& outer)
    {
        Scope scope;
        if (!inner(s, outer, scope, Scope::kHost)) return;
        Reservation host;
        scope.host = &host;
        scope.target = &host.options;
        walk(s.block, scope);
        inherit(host.options, outer.options);
        hosts_.add(s, scope);
    }

    void take_class(const IscStatement& s, Scope& outer)
    {
        if (config_.classes.size() == kMostClasses) return drop(s, "is one class too many");
        Scope scope;
        if (!inner(s, outer, scope, Scope::kClass)) return;
        const auto index = config_.classes.size();
        config_.classes.push_back({std::string{s.word(1)}, {}, false, {}});
        OptionSettings options;
        scope.target = &options;
        scope.client_class = index;
        scope.lease = scope.least = scope.most = std::nullopt;
        walk(s.block, scope);
        auto& target = config_.classes[index];
        target.options = std::move(options);
        target.lease_seconds = scope.lease;
        target.min_lease_seconds = scope.least;
        target.max_lease_seconds = scope.most;
        bring_between_bounds(target);
    }

    // ---- plain statements -----------------------------------------------------------------------------------------------------------

    template <auto Member> void take_seconds(const IscStatement& s, Scope& scope)
    {
        const auto seconds = s.word(1) == "infinite" ? kInfiniteSeconds : decimal(s.word(1));
        if (!seconds || *seconds > kInfiniteSeconds) return drop(s, "is no number of seconds");
        if (scope.block == Scope::kGroup && scope.subnet != nullptr)
            return drop(s, "a group within a subnet has no lease times here");
        scope.*Member = static_cast<std::uint32_t>(*seconds);
        scope.times_of_group |= scope.block == Scope::kGroup;
        outcome_.times_within |= (scope.block & (Scope::kGroup | Scope::kNetwork | Scope::kSubnet)) != 0;
    }
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
    IscOutcome outcome_;
    Config& config_ = outcome_.config;
    IscOptions options_{outcome_};
    IscHosts hosts_{outcome_};
    IscClasses classes_{outcome_};
    IscConditionals conditionals_{outcome_};
    std::vector<Empty> empty_;
    std::optional<IscStatement> bootp_, bootp_range_; ///< "allow bootp" or its opposite; the first range for BOOTP
    bool plain_ranges_ = false; ///< there are ranges that dhcpd keeps from BOOTP clients
    std::int64_t budget_ = kRepeatedOctets;
};

std::span<const IscImport::Row> IscImport::rows()
{
    using I = IscImport;
    constexpr std::string_view kTime = "is a lease time of a pool or a host, which have none here: give it to a class";
    constexpr std::uint16_t kTimed =
        Scope::kTop | Scope::kGroup | Scope::kNetwork | Scope::kSubnet | Scope::kClass | Scope::kIf | Scope::kElse;
    static constexpr Row kRows[] = {{"option", &I::pass_on<&I::options_, &IscOptions::take_option>, Scope::kAny},
                                    {"subnet", &I::take_subnet},
                                    {"shared-network", &I::take_shared_network},
                                    {"group", &I::take_group},
                                    {"pool", &I::take_pool},
                                    {"range", &I::take_range},
                                    {"allow", &I::take_permission},
                                    {"deny", &I::take_permission},
                                    {"ignore", &I::take_permission},
                                    {"host", &I::take_host},
                                    {"hardware", &I::pass_on<&I::hosts_, &IscHosts::take_hardware>},
                                    {"fixed-address", &I::pass_on<&I::hosts_, &IscHosts::take_fixed_address>},
                                    {"host-identifier", &I::pass_on<&I::hosts_, &IscHosts::take_identifier>},
                                    {"class", &I::take_class},
                                    {"match", &I::pass_on<&I::classes_, &IscClasses::take_match>},
                                    {"subclass", &I::pass_on<&I::classes_, &IscClasses::take_subclass>},
                                    {"default-lease-time", &I::take_seconds<&Scope::lease>, kTimed, kTime},
                                    {"min-lease-time", &I::take_seconds<&Scope::least>, kTimed, kTime},
                                    {"max-lease-time", &I::take_seconds<&Scope::most>, kTimed, kTime},
                                    {"next-server", &I::pass_on<&I::options_, &IscOptions::take_next_server>, Scope::kAny},
                                    {"filename", &I::pass_on<&I::options_, &IscOptions::take_filename>, Scope::kAny},
                                    {"server-name", &I::pass_on<&I::options_, &IscOptions::take_server_name>, Scope::kAny},
                                    {"authoritative", &I::take_authoritative, Scope::kTop, kWholeServer},
                                    {"not", &I::take_not, Scope::kTop, kWholeServer},
                                    {"ping-check", &I::take_ping_check, Scope::kTop, kWholeServer},
                                    {"ping-timeout", &I::take_ping_timeout, Scope::kTop, kWholeServer},
                                    {"abandon-lease-time", &I::take_abandon_time, Scope::kTop, kWholeServer}};
    return kRows;
}

} // namespace

tl::expected<ConfigImport, Problem> import_isc(std::string_view text) { return IscImport{}.run(text); }

} // namespace dorascope::interchange
